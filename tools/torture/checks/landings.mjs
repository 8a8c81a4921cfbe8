// Each task landed once, whole, and the books say so.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fatesOf, idsIn, openTasks } from './fates.mjs';
import { findings } from './findings.mjs';

/** Returns tasks that have neither landed nor come to an end that their kind allows: somebody's work went nowhere. */
export function unfinished(world) {
  return findings(
    'lost',
    openTasks(world).map(({ id, fate }) => `${id} (${world.tasks.get(id)}) is ${fate}`),
  );
}

/** Returns what has landed more than once. */
export function landedTwice(world) {
  const subjects = world.gitOrigin('log', '--format=%s', 'main').split('\n');
  const shared = world.gitOrigin('show', 'main:shared.txt').split('\n');
  const texts = [...fatesOf(world)].flatMap(([id, fate]) => {
    if (fate !== 'landed') return [];
    const added = world.gitOrigin('log', '--diff-filter=A', '--format=%h', 'main', '--', `work/${id}`).split('\n');
    const lines = world
      .gitOrigin('show', `main:work/${id}`)
      .split('\n')
      .filter((line) => line.includes('by attempt'));
    const moves = subjects.filter((text) => text.includes(`${id}: move to done`)).length;
    const inShared = shared.filter((line) => line === id).length;
    return [
      ...(added.length > 1 ? [`${id} was added by ${added.join(' ')}`] : []),
      ...(lines.length > 1 ? [`${id} landed as ${lines.join(', ')}`] : []),
      ...(moves > 1 ? [`${id} was moved to done ${moves} times`] : []),
      ...(inShared > 1 ? [`${id} stands ${inShared} times in shared.txt`] : []),
    ];
  });
  return findings('landed twice', texts);
}

/** Returns tasks that two agents were at work on at the same time: the agents have noted it. */
export function runAtOnce(world) {
  const path = join(world.folder, 'at-once');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  return findings(
    'landed twice',
    lines.map((line) => `at work at the same time: ${line}`),
  );
}

/** Returns what the queue and the done file say that is not so. */
export function wrongBooks(world) {
  const [queue, done] = [idsIn(world, 'queue'), idsIn(world, 'done')];
  const texts = [...fatesOf(world)].flatMap(([id, fate]) => {
    const [open, ended] = [queue, done].map((ids) => ids.filter((one) => one === id).length);
    const isRight = fate === 'landed' ? open === 0 && ended === 1 : open === 1 && ended === 0;
    return isRight ? [] : [`${id} is ${fate}, but ${open} times in the queue and ${ended} times done`];
  });
  return findings('untrue', texts);
}

/** Returns what has landed only in part. */
export function landedInPart(world) {
  const files = new Set(
    world.gitOrigin('-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', 'main').split('\n'),
  );
  const shared = world.gitOrigin('show', 'main:shared.txt').split('\n');
  const texts = [...fatesOf(world)].flatMap(([id, fate]) => {
    const kind = world.tasks.get(id);
    if (fate !== 'landed') return [];
    const needed = { committing: `work/more of ${id}`, binary: `assets/größer/${id}.bin`, red: `bad/${id}` }[kind];
    if (needed !== undefined && !files.has(needed)) return [`${id} (${kind}) landed without ${needed}`];
    if (kind === 'shared' && !shared.includes(id)) return [`${id} landed without its line in shared.txt`];
    return kind === 'deleting' && files.has('docs/b.md') ? [`${id} landed without what it deleted`] : [];
  });
  return findings('lost', texts);
}
