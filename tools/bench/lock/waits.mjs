// How long it takes until somebody who waits for a lock ends, and until a holder notices that its file is gone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const launcher = fileURLToPath(new URL('../../../packages/lock/bin/ralph-lock.cjs', import.meta.url));

/** Has a `ralph-lock run` wait and sends it a signal; returns the milliseconds to its end. */
export async function endOfWait(folder, signal) {
  const holder = await held(folder);
  const waiter = ralphLock(folder, 'run', '--wait', '--', 'true');
  await once(waiter.stderr, 'data');
  const time = await endBy(waiter, signal);
  await letGo(holder);
  return time;
}

/** The same with flock(1). */
export async function endOfFlock(folder, signal) {
  const file = join(folder, 'flock');
  const holder = spawn('flock', [file, 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] });
  await until(() => isRunning(holder.pid, 'flock') && childrenOf(holder.pid).length > 0);
  const waiter = spawn('flock', [file, 'true'], { stdio: 'ignore' });
  await until(() => isRunning(waiter.pid, 'flock') && waitsForLock(waiter.pid));
  const time = await endBy(waiter, signal);
  await letGo(holder);
  return time;
}

/** Removes the file of a lock that is held; returns the milliseconds until its holder says so. */
export async function lossNotice(folder) {
  const holder = await held(folder);
  const begin = performance.now();
  rmSync(join(folder, '.ralph/loop.lock'));
  const [line] = await once(holder.stdout, 'data');
  const time = performance.now() - begin;
  if (!String(line).includes('lock.lost')) throw new Error(`hold said ${line}`);
  await once(holder, 'exit');
  return time;
}

/** Removes a file that is watched by inotify; returns the milliseconds until that is told. */
export async function watchNotice(folder) {
  const file = join(folder, 'watched');
  writeFileSync(file, '');
  const watcher = watch(file);
  const begin = performance.now();
  rmSync(file);
  await once(watcher, 'change');
  const time = performance.now() - begin;
  watcher.close();
  return time;
}

function ralphLock(folder, ...args) {
  return spawn(process.execPath, [launcher, ...args], { cwd: folder });
}

async function held(folder) {
  const holder = ralphLock(folder, 'hold');
  const [line] = await once(holder.stdout, 'data');
  if (!String(line).includes('lock.acquired')) throw new Error(`hold said ${line}`);
  return holder;
}

async function letGo(holder) {
  holder.stdin.end();
  await once(holder, 'exit');
}

async function endBy(waiter, signal) {
  const begin = performance.now();
  waiter.kill(signal);
  await once(waiter, 'exit');
  return performance.now() - begin;
}

async function until(isMet) {
  while (!isMet()) await new Promise((passed) => setTimeout(passed, 1));
}

function isRunning(pid, name) {
  return existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name;
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
}

/** A line of the kernel's table with an arrow is of one that waits. */
function waitsForLock(pid) {
  return new RegExp(`-> FLOCK .* ${pid} `).test(readFileSync('/proc/locks', 'utf8'));
}
