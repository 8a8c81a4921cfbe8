import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { fileStamp } from '@ralph/protocol/process/file-stamp';
import { steadyMs } from '@ralph/protocol/process/steady-clock';

/** No git that only brings a checkout up to date takes longer; a lock that is older was left behind. */
const LONGEST_MS = 10_000;

/** How long we wait for one git. */
const WAIT_MS = 2000;

const POLL_MS = 5;

/** A file that is younger may be written once more at a time that the clock of the file system does not tell apart. */
const YOUNG_MS = 50;

/** What was read last, and the stamps of the files at that time. */
export interface Memory<T> {
  last?: { readonly stamps: string; readonly value: T };
}

/**
 * Reads files of a worktree as they are while no git is at work on it. Git removes a file and writes it anew, one after
 * the other: in between, one is missing or short, or goes with another one that is still the old one. It holds the lock
 * of its index all the time.
 *
 * @param paths what is read
 * @param memory what the last look of the same caller has left: files that have not changed since are not read again
 * @returns what `read` has returned, or throws what it has thrown, in the last look: after 2 s the files are taken as they are
 */
export async function readSettled<T>(
  root: string,
  paths: readonly string[],
  read: () => Promise<T>,
  memory: Memory<T> = {},
): Promise<T> {
  const deadline = steadyMs() + WAIT_MS;
  const lock = join(gitFolderOf(root), 'index.lock');
  for (;;) {
    const before = look(lock, paths);
    if (!before.isBusy && memory.last?.stamps === before.stamps) return memory.last.value;
    delete memory.last;
    const began = Date.now();
    let result: { readonly value: T } | { readonly error: unknown };
    try {
      result = { value: await read() };
    } catch (error) {
      result = { error };
    }
    const isSettled = !before.isBusy && before.stamps === look(lock, paths).stamps && !isAtWork(lock);
    if (isSettled || steadyMs() >= deadline) {
      if ('error' in result) throw result.error;
      if (isSettled && isOlder(paths, began)) memory.last = { stamps: before.stamps, value: result.value };
      return result.value;
    }
    await new Promise((passed) => setTimeout(passed, POLL_MS));
  }
}

function look(lock: string, paths: readonly string[]): { readonly isBusy: boolean; readonly stamps: string } {
  return { isBusy: isAtWork(lock), stamps: paths.map((path) => fileStamp(path) ?? '').join() };
}

function isOlder(paths: readonly string[], now: number): boolean {
  return paths.every((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined || now - Math.max(stats.mtimeMs, stats.ctimeMs) > YOUNG_MS;
  });
}

/** The worktree of a second loop has its index in a folder of its own, which its `.git` names. */
function gitFolderOf(root: string): string {
  const dotGit = join(root, '.git');
  try {
    if (statSync(dotGit, { throwIfNoEntry: false })?.isFile() !== true) return dotGit;
    const named = /^gitdir: (.+)$/m.exec(bytesOfFile(dotGit).toString('utf8'))?.[1];
    return named === undefined ? dotGit : resolve(root, named.trim());
  } catch {
    return dotGit;
  }
}

function isAtWork(lock: string): boolean {
  try {
    const stats = statSync(lock, { throwIfNoEntry: false });
    return stats !== undefined && Date.now() - stats.mtimeMs < LONGEST_MS;
  } catch {
    return false;
  }
}
