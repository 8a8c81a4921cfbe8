import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { timerMs } from '../cli/timer-ms.ts';
import { asIoFailure, Failure } from '../contract/failure.ts';

/** macOS and the BSDs take a flock(2) lock in open(2) itself; these flags are not in Node's table. */
const O_EXLOCK = 0x20;

const POLL_MS = 50;

export interface HeldLock {
  readonly path: string;
  /** Our open file description: the lock is its, and goes when it is closed. */
  readonly fd: number;
  /** Tells whether the file at the path is still the one that we hold. */
  isCurrent(): boolean;
  release(): void;
}

export interface FlockOptions {
  /** How long to wait, in milliseconds: 0 not at all, Infinity for ever. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Takes an exclusive flock(2) on a file, making the file and its folder where they are missing. The lock belongs to
 * our own open file description, is freed by the kernel however we end, and is not inherited by children. After
 * winning, the file that we hold is compared with the file at the path, since somebody may have unlinked it.
 *
 * @returns the lock, or nothing when another still holds it after the wait or the signal was aborted
 * @throws Failure `lock_unavailable` when this machine has no way to flock, `permission` or `io`
 */
export async function takeFlock(path: string, options: FlockOptions): Promise<HeldLock | undefined> {
  const deadline = Date.now() + options.waitMs;
  for (;;) {
    if (options.signal?.aborted === true) return undefined;
    const fd = openForLock(path);
    if (fd !== undefined) {
      const won = await lockOrClose(fd, { ...options, waitMs: Math.max(0, deadline - Date.now()) });
      if (!won) return undefined;
      if (isSameFile(fd, path)) return heldLock(path, fd);
      closeSync(fd);
      continue;
    }
    if (Date.now() >= deadline) return undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function heldLock(path: string, fd: number): HeldLock {
  let open = true;
  return {
    path,
    fd,
    isCurrent: () => open && isSameFile(fd, path),
    release: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

const locksInOpen = process.platform === 'darwin' || process.platform === 'freebsd';

function openForLock(path: string): number | undefined {
  const flags = constants.O_RDWR | constants.O_CREAT | (locksInOpen ? O_EXLOCK | constants.O_NONBLOCK : 0);
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, flags, 0o644);
  } catch (error) {
    if (locksInOpen && (error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw asIoFailure(error, `open the lock file ${path}`);
  }
}

async function lockOrClose(fd: number, options: FlockOptions): Promise<boolean> {
  if (locksInOpen) return true;
  let won = false;
  try {
    won = await flockByHelper(fd, { ...options, waitMs: 0 });
    if (!won && options.waitMs > 0 && options.signal?.aborted !== true) won = await flockByHelper(fd, options);
    return won;
  } finally {
    if (!won) closeSync(fd);
  }
}

/** A helper locks the descriptor that it shares with us and ends; the lock stays with the description. */
async function flockByHelper(fd: number, options: FlockOptions): Promise<boolean> {
  const blocking = options.waitMs > 0;
  const helpers: readonly (readonly [string, readonly string[]])[] = [
    ['flock', blocking ? ['3'] : ['-n', '3']],
    ['perl', ['-e', `open(F,"+<&=",3)||exit 71; exit(flock(F,${blocking ? 2 : 6})?0:1)`]],
  ];
  for (const [program, args] of helpers) {
    const status = await runHelper(program, args, fd, options);
    if (status !== 'missing') return status === 'locked';
  }
  throw new Failure('lock_unavailable', 'cannot lock: neither flock(1) nor perl was found', {
    hint: 'install util-linux (it has flock) or perl',
  });
}

function runHelper(
  program: string,
  args: readonly string[],
  fd: number,
  { waitMs, signal }: FlockOptions,
): Promise<'locked' | 'busy' | 'missing'> {
  return new Promise((resolve, reject) => {
    // In a session of its own: the Ctrl-C of a terminal is ours to answer.
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', fd], detached: true });
    const cancel = () => void child.kill('SIGKILL');
    const timer = waitMs > 0 && Number.isFinite(waitMs) ? setTimeout(cancel, timerMs(waitMs)) : undefined;
    signal?.addEventListener('abort', cancel, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      if (error.code === 'ENOENT') resolve('missing');
      else reject(asIoFailure(error, `start ${program}`));
    });
    child.on('close', (code) => {
      settle();
      if (code === 0) resolve('locked');
      else if (code === 1 || code === null) resolve('busy');
      else reject(new Failure('lock_unavailable', `${program} could not lock the file (status ${code})`));
    });
  });
}

function isSameFile(fd: number, path: string): boolean {
  const at = statSync(path, { throwIfNoEntry: false });
  const ours = fstatSync(fd);
  return at !== undefined && at.ino === ours.ino && at.dev === ours.dev;
}
