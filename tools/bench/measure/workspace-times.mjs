// What a workspace costs: made by ralph-worker, by the reference's sequence of git commands, and its files alone by tar.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, plainEnvironment } from './generated-repository.mjs';
import { spawnWorker } from './running-worker.mjs';

const BRANCH = 'main';

/** Prepares a workspace; returns what the program says and the wall time from outside. */
export async function prepared(root, id, ...args) {
  const begin = performance.now();
  const child = spawnWorker(root, 'prepare', id, ...args);
  let text = '';
  child.stdout.on('data', (part) => (text += part));
  child.stderr.pipe(process.stderr);
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`prepare ended with ${status}`);
  const { duration_ms: inner, reused } = JSON.parse(text);
  return { wall: performance.now() - begin, inner, reused };
}

/** Gives a workspace back; unmeasured. */
export async function removed(root, id) {
  const child = spawnWorker(root, 'remove', id);
  child.stdout.resume();
  await once(child, 'exit');
}

/** Gives all workspaces back; unmeasured. */
export async function reaped(root) {
  const child = spawnWorker(root, 'reap', '--all');
  child.stdout.resume();
  await once(child, 'exit');
}

/** Runs the sequence of ralph-agent-loop for a new workspace; returns its wall time. */
export async function referenced(root, id) {
  const path = join(root, '../reference', id);
  rmSync(path, { recursive: true, force: true });
  const origin = git(root, 'remote', 'get-url', 'origin');
  const inside = ['-C', path];
  const steps = [
    ['clone', '-q', '--no-local', '.', path],
    [...inside, 'remote', 'set-url', 'origin', origin],
    [...inside, 'remote', 'set-url', '--push', 'origin', origin],
    [...inside, 'fetch', '-q', 'origin', '--prune'],
    [...inside, 'reset', '-q', '--hard'],
    [...inside, 'clean', '-fdq'],
    [...inside, 'checkout', '-q', '-B', BRANCH, `origin/${BRANCH}`],
    [...inside, 'reset', '-q', '--hard', `origin/${BRANCH}`],
    [...inside, 'clean', '-fdq'],
  ];
  const begin = performance.now();
  for (const step of steps) {
    const [status] = await once(spawn('git', step, { cwd: root, env: plainEnvironment(), stdio: 'ignore' }), 'exit');
    if (status !== 0) throw new Error(`git ${step.join(' ')} ended with ${status}`);
  }
  return performance.now() - begin;
}

/** Writes the files of the branch with tar alone; returns its wall time. */
export async function unpacked(root, id) {
  const archive = join(root, '../files.tar');
  if (!existsSync(archive)) execFileSync('git', ['archive', '-o', archive, BRANCH], { cwd: root });
  const path = join(root, '../tar', id);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  const begin = performance.now();
  await once(spawn('tar', ['-xf', archive, '-C', path], { stdio: 'ignore' }), 'exit');
  return performance.now() - begin;
}
