// The files of a repository: a fresh workspace of it, and the landing of one change.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agedRepository } from '../measure/aged-repository.mjs';
import { git, plainEnvironment } from '../measure/generated-repository.mjs';
import { RunningWorker, spawnWorker } from '../measure/running-worker.mjs';
import { turns } from '../measure/turns.mjs';
import { reaped, unpacked } from '../measure/workspace-times.mjs';
import { launcher, seriesBySize } from './sizes.mjs';

const COMMITS = 50;
const of = 'files';
/** Of one and the same process by one and the same work: garbage that is not collected yet. */
const MORE_MB = 30;
const HOOK = new URL('../measure/peak-hook.cjs', import.meta.url).pathname;

/** Yields the series of repositories. */
export async function* repository({ sizes, rounds }) {
  const commands = 'git fetch, rebase, push';
  const memory = (name, ours) => ({ name, of, unit: 'MB', against: 'node -e 0', ours, theirs: 'empty', more: MORE_MB });
  const asked = [
    { name: 'a fresh workspace', of, unit: 'ms', against: 'tar -x of the same files', ours: 'fresh', theirs: 'tar' },
    { name: 'one change landed', of, unit: 'ms', against: commands, ours: 'landing', theirs: 'bare' },
    memory('memory of ralph-worker run, at most', 'worker'),
    memory('memory of ralph-integrate run, at most', 'integrate'),
  ];
  yield* await seriesBySize(sizes, asked, async (folder, size) => {
    const root = await agedRepository(folder, { files: size, commits: COMMITS });
    const maker = new RunningWorker(root, 'exit 1', 1, '--fresh');
    await maker.workspace();
    const integrate = [];
    let number = 0;
    const seen = await turns(
      {
        fresh: async () => (await maker.workspace()).duration_ms,
        tar: () => unpacked(root, 'RQ-T'),
        landing: async () => {
          const { ms, megabytes } = await landed(root, (number += 1));
          integrate.push(megabytes);
          return ms;
        },
        bare: () => byCommands(root, (number += 1)),
      },
      { rounds },
    );
    const worker = integrate.map(() => maker.memory('VmHWM'));
    await maker.end();
    await reaped(root);
    const empty = await Promise.all(integrate.map(() => peakOfEmpty()));
    return { ...seen, worker, integrate, empty };
  });
}

/** Has an agent change one file, and lands that. */
async function landed(root, number) {
  const id = `RQ-L${number}`;
  const agent = join(root, '../change');
  writeFileSync(agent, `#!/bin/sh\necho ${id} >> ${someFile(root)}\n`, { mode: 0o755 });
  const worker = spawnWorker(root, 'run', '--', agent);
  worker.stderr.pipe(process.stderr);
  worker.stdin.end(`${JSON.stringify({ id, title: 'bench' })}\n`);
  const line = (await textOf(worker.stdout)).split('\n').find((one) => one.includes('"agent.finished"'));
  if (line === undefined) throw new Error(`no finished work of ${id}`);
  const begin = performance.now();
  const child = spawn(process.execPath, ['--require', HOOK, launcher('integrate'), 'run', '--no-resolver'], {
    cwd: root,
    env: plainEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
  });
  child.stdin.end(`${line}\n`);
  const [told, peak] = await Promise.all([textOf(child.stdout), textOf(child.stdio[3])]);
  const ms = performance.now() - begin;
  if (!told.includes('"task.completed"')) throw new Error(`${id} has not landed: ${told}`);
  await reaped(root);
  return { ms, megabytes: Number(peak) / 1024 };
}

/** The plain commands in a workspace that was changed in the same way. */
async function byCommands(root, number) {
  const [origin, path] = [join(root, '../origin.git'), join(root, '../by-commands')];
  git(root, 'clone', '-q', '--shared', '--no-checkout', root, path);
  git(path, 'remote', 'set-url', 'origin', origin);
  git(path, 'fetch', '-q', 'origin');
  git(path, 'checkout', '-q', '-B', 'main', 'origin/main');
  const file = join(path, someFile(root));
  writeFileSync(file, `${readFileSync(file, 'utf8')}${number}\n`);
  git(path, '-c', 'user.name=B', '-c', 'user.email=b@example.com', 'commit', '-q', '-a', '-m', 'change');
  const begin = performance.now();
  for (const words of [
    ['fetch', '-q', 'origin', 'main'],
    ['rebase', '-q', 'FETCH_HEAD'],
    ['push', '-q', 'origin', 'HEAD:main'],
  ])
    git(path, ...words);
  const ms = performance.now() - begin;
  rmSync(path, { recursive: true, force: true });
  return ms;
}

function someFile(root) {
  return git(root, 'ls-files').split('\n')[0];
}

async function textOf(stream) {
  let text = '';
  for await (const part of stream.setEncoding('utf8')) text += part;
  return text;
}

async function peakOfEmpty() {
  const child = spawn(process.execPath, ['--require', HOOK, '-e', '0'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const [text] = await Promise.all([textOf(child.stdio[3]), once(child, 'exit')]);
  return Number(text) / 1024;
}
