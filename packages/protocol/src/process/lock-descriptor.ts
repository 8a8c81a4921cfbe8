import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { timerMs } from '../cli/timer-ms.ts';
import { asIoFailure, Failure } from '../contract/failure.ts';

export type LockAttempt = 'locked' | 'busy' | 'moved';

export interface HelperOptions {
  /** How long to wait, in milliseconds: 0 not at all, Infinity for ever. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Looked at now and then during a wait, which ends with `moved` when it says that the wait has no object any more. */
  readonly hasMoved: () => boolean;
}

interface LockProgram {
  readonly name: string;
  readonly try: readonly string[];
  readonly wait: readonly string[];
}

const LOCK_PROGRAMS: readonly LockProgram[] = [
  { name: 'flock', try: ['-n', '3'], wait: ['3'] },
  { name: 'perl', try: ['-e', perlFlock(6)], wait: ['-e', perlFlock(2)] },
];

/**
 * Waits as a shell with two children: the one that waits for the lock, and one that reads a pipe from us and kills the
 * first when the pipe ends, so that nobody goes on waiting for somebody who was killed. Only the first has the
 * descriptor, since whoever has it keeps the lock.
 */
const WAITER = `
"$@" 4<&- & one=$!
{ read -r _ <&4; kill -KILL "$one"; } 3<&- 2>/dev/null & other=$!
exec 3<&-
wait "$one"; status=$?
kill -KILL "$other" 2>/dev/null
exit "$status"
`;

const LOOK_MS = 250;

/**
 * Locks a descriptor with flock(2). Node has no such call, so a program that shares the descriptor makes it and ends:
 * the lock stays with the open file description, which is ours.
 *
 * @throws Failure `lock_unavailable` when this machine has neither flock(1) nor perl, or the file cannot be locked
 */
export async function lockDescriptor(fd: number, options: HelperOptions): Promise<LockAttempt> {
  for (const program of LOCK_PROGRAMS) {
    const attempt = await tryOnce(program, fd);
    if (attempt === 'missing') continue;
    if (attempt === 'locked' || options.waitMs <= 0 || options.signal?.aborted === true) return attempt;
    return waitWith(program, fd, options);
  }
  throw new Failure('lock_unavailable', 'cannot lock: neither flock(1) nor perl was found', {
    hint: 'install util-linux (it has flock) or perl',
  });
}

/** 2 is LOCK_EX, 6 the same without waiting; status 1 means busy, as flock(1) has it. */
function perlFlock(operation: number): string {
  return `use Errno "EWOULDBLOCK"; open(F,"+<&=",3)||exit 71; exit 0 if flock(F,${operation}); exit($!==EWOULDBLOCK?1:71)`;
}

async function tryOnce(program: LockProgram, fd: number): Promise<'locked' | 'busy' | 'missing'> {
  // In a session of its own: the Ctrl-C of a terminal is ours to answer.
  const child = spawn(program.name, program.try, { stdio: ['ignore', 'ignore', 'ignore', fd], detached: true });
  const end = await endOf(child, program.name);
  return end === 'missing' ? end : attemptOf(end, program.name);
}

async function waitWith(program: LockProgram, fd: number, options: HelperOptions): Promise<LockAttempt> {
  const child = spawn('sh', ['-c', WAITER, 'ralph-lock-waiter', program.name, ...program.wait], {
    stdio: ['ignore', 'ignore', 'ignore', fd, 'pipe'],
    detached: true,
  });
  const leash = child.stdio[4] as Writable;
  leash.on('error', () => {});
  const giveUp = () => void leash.end();
  let moved = false;
  const look = setInterval(() => {
    moved ||= options.hasMoved();
    if (moved) giveUp();
  }, LOOK_MS);
  const timer = Number.isFinite(options.waitMs) ? setTimeout(giveUp, timerMs(options.waitMs)) : undefined;
  options.signal?.addEventListener('abort', giveUp, { once: true });
  if (options.signal?.aborted === true) giveUp();
  try {
    const end = await endOf(child, 'sh');
    if (end === 'missing') throw new Failure('lock_unavailable', 'cannot wait for the lock: sh was not found');
    const attempt = attemptOf(end, program.name);
    return attempt === 'busy' && moved ? 'moved' : attempt;
  } finally {
    clearInterval(look);
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', giveUp);
    leash.destroy();
  }
}

type HelperEnd = { readonly status: number | null };

function endOf(child: ChildProcess, name: string): Promise<HelperEnd | 'missing'> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve('missing');
      else reject(asIoFailure(error, `start ${name}`));
    });
    child.on('exit', (status) => resolve({ status }));
  });
}

function attemptOf({ status }: HelperEnd, name: string): 'locked' | 'busy' {
  if (status === 0) return 'locked';
  // Killed, by us or by somebody else, before it had the lock.
  if (status === 1 || status === null || status === 128 + 9) return 'busy';
  throw new Failure('lock_unavailable', `${name} could not lock the file (status ${status})`, {
    hint: 'see whether the file system of the lock file supports flock(2)',
  });
}
