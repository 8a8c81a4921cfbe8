// What is recorded as completed is on the target, each state of the target has passed the gate, and no secret has travelled.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../../bench/measure/generated-repository.mjs';
import { fatesOf, recordsIn } from './fates.mjs';
import { findings } from './findings.mjs';

const FORBIDDEN =
  /(?:^|\/)\.env(?:$|\.(?!example|sample|template|dist|defaults))|^\.ralph\/(?:cache|logs)\/|^\.ralph\/[^/]*\.lock$/;

/** Returns records that say what is not so, once all has come to rest. */
export function wrongRecords(world) {
  const onTarget = new Set(world.gitOrigin('rev-list', 'main').split('\n'));
  const fates = fatesOf(world);
  const records = recordsIn(world).filter(({ task_id: id }) => fates.has(id));
  const texts = records.flatMap(({ task_id: id, lifecycle, pushed_commit: commit }) => {
    const fate = fates.get(id);
    if (lifecycle === 'running' || lifecycle === 'integrating')
      return [`${id} is recorded as ${lifecycle}, and all is over`];
    if (lifecycle !== 'completed')
      return fate === 'landed' ? [`${id} has landed, but is recorded as ${lifecycle}`] : [];
    if (fate !== 'landed') return [`${id} is recorded as completed, but has not landed`];
    return commit === undefined || onTarget.has(commit)
      ? []
      : [`${id} is recorded with ${commit}, which is not on the target`];
  });
  return findings('untrue', texts);
}

/** Returns the states that the target branch of origin ever had and that no gate has passed. */
export function redTips(world) {
  const green = new Set(readFileSync(join(world.folder, 'green'), 'utf8').split('\n'));
  const log = readFileSync(join(world.origin, 'logs/refs/heads/main'), 'utf8').trimEnd().split('\n');
  const tips = log.map((line) => line.split(' ')[1]).filter((tip) => !world.foreign.has(tip));
  return findings(
    'untrue',
    tips
      .filter((tip) => !green.has(world.gitOrigin('rev-parse', `${tip}^{tree}`)))
      .map((tip) => `${tip} was pushed without a green gate`),
  );
}

/** Returns secrets and runtime files in what was pushed, and secrets in what was told or written down. */
export function secretsOut(world) {
  const log = (...args) =>
    git(world.origin, '-c', 'core.quotePath=false', 'log', '--all', '--no-renames', '--format=', ...args);
  const pushed = log('--name-only').split('\n');
  const files = [...new Set(pushed)].filter((path) => FORBIDDEN.test(path)).map((path) => `pushed: ${path}`);
  const withToken = [...new Set(log('--name-only', '-S', world.token).split('\n').filter(Boolean))];
  const own = join(world.root, '.ralph');
  const telling = readdirSync(own, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    tellingFile(own, name, world),
  );
  const said = world.ends
    .filter(({ stdout, stderr }) => `${stdout}${stderr}`.includes(world.token))
    .map(({ words }) => `a secret was told by ${words}`);
  return findings('untrue', [
    ...files,
    ...withToken.map((path) => `a secret was pushed in ${path}`),
    ...telling,
    ...said,
  ]);
}

/** What an agent or a gate has printed is kept as it is, for the user alone; nothing else holds a secret. */
function tellingFile(own, name, { token }) {
  const stats = statSync(join(own, name), { throwIfNoEntry: false });
  if (stats?.isFile() !== true || !readFileSync(join(own, name)).includes(token)) return [];
  const isClosed = (stats.mode & 0o077) === 0;
  return /\.log(?:\.\w+)*$/.test(name) && isClosed ? [] : [`a secret stands in ${name}`];
}
