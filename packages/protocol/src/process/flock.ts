import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { asIoFailure, Failure } from '../contract/failure.ts';
import { lockDescriptor, type LockAttempt } from './lock-descriptor.ts';
import { makeFolderOf, removeMadeFolder } from './made-folder.ts';
import { makeLockedFile } from './locked-file.ts';
import { steadyMs } from './steady-clock.ts';

/** macOS and the BSDs take a flock(2) lock in open(2) itself; these flags are not in Node's table. */
const O_EXLOCK = 0x20;

const POLL_MS = 50;

const locksInOpen = process.platform === 'darwin' || process.platform === 'freebsd';

/** What open(2) needs beside the mode for a descriptor that is locked or will be. */
const LOCK_FLAGS = locksInOpen ? O_EXLOCK | constants.O_NONBLOCK : constants.O_NONBLOCK;

export interface HeldLock {
  readonly path: string;
  /** Our open file description: the lock is its, and goes when it is closed. */
  readonly fd: number;
  /** Whether we made the file, with the first content that was given. */
  readonly made: boolean;
  /** Tells whether the file at the path is still the one that we hold. */
  isCurrent(): boolean;
  release(): void;
}

export interface FlockOptions {
  /** How long to wait, in milliseconds: 0 not at all, Infinity for ever. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What a missing file is made with: it becomes visible whole, and locked by us. */
  readonly firstContent?: () => Uint8Array;
}

/**
 * Takes an exclusive flock(2) on a file, making the file and its folder where they are missing. The lock belongs to
 * our own open file description, is freed by the kernel however we end, and is not inherited by children. After
 * winning, the file that we hold is compared with the file at the path, since somebody may have unlinked it.
 *
 * @returns the lock, or nothing when another still holds it after the wait or the signal was aborted
 * @throws Failure `lock_unavailable` when this machine has no way to flock, `permission`, `disk_full` or `io`; nothing
 *   that was made is left behind then
 */
export async function takeFlock(path: string, options: FlockOptions): Promise<HeldLock | undefined> {
  const deadline = steadyMs() + options.waitMs;
  let made: string | undefined;
  try {
    for (let appeared = false; ;) {
      if (options.signal?.aborted === true) return undefined;
      made = makeFolderOf(path) ?? made;
      // What appears and is not there leads to where nothing is yet, as a symlink may: then it is made as anybody would.
      const firstContent = appeared ? undefined : options.firstContent;
      let opened = openForLock(path, firstContent === undefined);
      if (opened === 'missing' && firstContent !== undefined) opened = await makeLocked(path, firstContent());
      appeared = opened === 'missing';
      if (opened === 'missing') continue;
      if (opened !== 'busy') {
        const attempt = await lockOrClose(opened, path, deadline, options);
        if (attempt === 'busy') return undefined;
        if (attempt === 'moved') continue;
        if (isSameFile(opened.fd, path)) return heldLock(path, opened);
        closeSync(opened.fd);
        continue;
      }
      if (steadyMs() >= deadline) return undefined;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } catch (error) {
    removeMadeFolder(path, made);
    throw error;
  }
}

interface OpenFile {
  readonly fd: number;
  readonly made: boolean;
}

function heldLock(path: string, { fd, made }: OpenFile): HeldLock {
  let open = true;
  return {
    path,
    fd,
    made,
    isCurrent: () => open && isSameFile(fd, path),
    release: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function openForLock(path: string, create: boolean): OpenFile | 'busy' | 'missing' {
  try {
    const fd = openSync(path, constants.O_RDWR | (create ? constants.O_CREAT : 0) | LOCK_FLAGS, 0o666);
    if (fstatSync(fd).isFile()) return { fd, made: false };
    closeSync(fd);
    throw new Failure('io', `the lock file is no regular file: ${path}`, { hint: 'move it away' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (locksInOpen && code === 'EAGAIN') return 'busy';
    if (code === 'ENOENT' && !create) return 'missing';
    throw asIoFailure(error, `open the lock file ${path}`);
  }
}

async function makeLocked(path: string, content: Uint8Array): Promise<OpenFile | 'missing'> {
  const fd = await makeLockedFile(path, content, LOCK_FLAGS, async (draft) => {
    if (locksInOpen) return;
    const attempt = await lockDescriptor(draft, { waitMs: 0, hasMoved: () => false });
    // Nobody else can have it yet.
    if (attempt !== 'locked') throw new Failure('lock_unavailable', `a new file could not be locked: ${path}`);
  });
  return fd === undefined ? 'missing' : { fd, made: true };
}

async function lockOrClose(
  { fd, made }: OpenFile,
  path: string,
  deadline: number,
  { signal }: FlockOptions,
): Promise<LockAttempt> {
  if (locksInOpen || made) return 'locked';
  let attempt: LockAttempt = 'busy';
  try {
    const waitMs = Math.max(0, deadline - steadyMs());
    attempt = await lockDescriptor(fd, { waitMs, signal, hasMoved: () => !isCurrentFile(fd, path) });
    return attempt;
  } finally {
    if (attempt !== 'locked') closeSync(fd);
  }
}

function isSameFile(fd: number, path: string): boolean {
  // Whole numbers: on some file systems they are longer than a number of JavaScript can hold.
  const at = statSync(path, { throwIfNoEntry: false, bigint: true });
  const ours = fstatSync(fd, { bigint: true });
  return at !== undefined && at.ino === ours.ino && at.dev === ours.dev;
}

/** Tells whether an open file is still the one at a path; in a folder that may not be searched nobody can tell, and it is. */
export function isCurrentFile(fd: number, path: string): boolean {
  try {
    return isSameFile(fd, path);
  } catch {
    return true;
  }
}
