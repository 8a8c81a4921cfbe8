import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { timerMs } from '../cli/timer-ms.ts';
import { quoted } from '../cli/shell-words.ts';
import { asIoFailure, Failure } from '../contract/failure.ts';
import { bareEnvironment } from './environment.ts';
import { startChild } from './start-child.ts';
import { steadyMs } from './steady-clock.ts';

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
  readonly unlock: readonly string[];
}

const LOCK_PROGRAMS: readonly LockProgram[] = [
  { name: 'flock', try: ['-n', '3'], wait: ['3'], unlock: ['-u', '3'] },
  { name: 'perl', try: ['-e', perlFlock(6)], wait: ['-e', perlFlock(2)], unlock: ['-e', perlFlock(8)] },
];

/** The way in which the waiting shell says that we gave up, as a status that no lock program ends with. */
const GAVE_UP = 140;

/**
 * Waits as a shell with two children: the one that waits for the lock, and one that reads a pipe from us and kills the
 * first when the pipe ends, so that nobody goes on waiting for somebody who was killed. Only shell and waiter have the
 * descriptor, since whoever has it keeps the lock.
 *
 * The shell is in our process group, so that a terminal stops it with us; what a terminal ends us with is ours to
 * answer. Should the lock come while we are stopped all the same, it is given back, and waited for again when we go on:
 * a stopped process must not keep others from it. Elsewhere than on Linux it cannot be told whether we are.
 *
 * The pipe may end in the instant between the start of the waiter and the note of its number: while that is empty, the
 * last one started is the waiter.
 */
const WAITER = `
trap '' INT QUIT HUP
stopped() { read -r stat 2>/dev/null <"/proc/$PPID/stat" && case \${stat##*) } in T*) ;; *) false ;; esac; }
unlock=$1; shift
{ read -r _ <&4; kill -TERM $$; } 3<&- 2>/dev/null & other=$!
trap 'kill -KILL "\${one:-$!}" "$other" 2>/dev/null; exit ${GAVE_UP}' TERM
while :; do
  one=
  "$@" 4<&- & one=$!
  wait "$one"; status=$?; one=$other
  [ "$status" = 0 ] && stopped || break
  eval "$unlock"
  while stopped; do sleep 0.2; done
done
kill -KILL "$other" 2>/dev/null
exit "$status"
`;

const LOOK_MS = 250;

/** How often a lock program that was killed is started again. */
const KILLED_TRIES = 5;

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
    return waitUntilTold(program, fd, options);
  }
  throw new Failure('lock_unavailable', 'cannot lock: neither flock(1) nor perl was found', {
    hint: 'install util-linux (it has flock) or perl',
  });
}

/** Waits again when what waits for us is killed, but no longer than was asked for. */
async function waitUntilTold(program: LockProgram, fd: number, options: HelperOptions): Promise<LockAttempt> {
  const deadline = steadyMs() + options.waitMs;
  for (let left = options.waitMs; left > 0; left = deadline - steadyMs()) {
    const waited = await waitWith(program, fd, { ...options, waitMs: left });
    if (waited !== 'killed') return waited;
  }
  return 'busy';
}

/** 2 is LOCK_EX, 6 the same without waiting; status 1 means busy, as flock(1) has it. */
function perlFlock(operation: number): string {
  return `use Errno "EWOULDBLOCK"; open(F,"+<&=",3)||exit 71; exit 0 if flock(F,${operation}); exit($!==EWOULDBLOCK?1:71)`;
}

async function tryOnce(program: LockProgram, fd: number): Promise<'locked' | 'busy' | 'missing'> {
  for (let tries = 1; ; tries += 1) {
    // In a session of its own: the Ctrl-C of a terminal is ours to answer. It reaches the child all the same in the
    // moment before it has one.
    const child = startChild(program.name, () =>
      spawn(program.name, program.try, {
        stdio: ['ignore', 'ignore', 'ignore', fd],
        env: bareEnvironment(),
        detached: true,
      }),
    );
    const end = await endOf(child, program.name);
    if (end === 'missing') return end;
    if (end.status !== null) return attemptOf(end.status, program.name);
    if (tries === KILLED_TRIES) throw unavailable(`${program.name} was killed while it locked the file`);
  }
}

async function waitWith(program: LockProgram, fd: number, options: HelperOptions): Promise<LockAttempt | 'killed'> {
  const unlock = [program.name, ...program.unlock].map(quoted).join(' ');
  const child = startChild('sh', () =>
    spawn('sh', ['-c', WAITER, 'ralph-lock-waiter', unlock, program.name, ...program.wait], {
      stdio: ['ignore', 'ignore', 'ignore', fd, 'pipe'],
      env: bareEnvironment(),
    }),
  );
  const leash = child.stdio[4] as Writable;
  leash.on('error', () => {});
  let gaveUp: LockAttempt | undefined;
  const giveUp = (because: LockAttempt) => {
    gaveUp ??= because;
    leash.end();
  };
  const abandon = () => giveUp('busy');
  const look = setInterval(() => {
    if (options.hasMoved()) giveUp('moved');
  }, LOOK_MS);
  const timer = Number.isFinite(options.waitMs) ? setTimeout(abandon, timerMs(options.waitMs)) : undefined;
  options.signal?.addEventListener('abort', abandon, { once: true });
  if (options.signal?.aborted === true) abandon();
  try {
    const end = await endOf(child, 'sh');
    if (end === 'missing') throw unavailable('cannot wait for the lock: sh was not found');
    if (end.status === 0) return 'locked';
    if (gaveUp !== undefined) return gaveUp;
    // Somebody has killed the shell or its child: the wait itself is not over.
    if (end.status === null || end.status > 128) return 'killed';
    return attemptOf(end.status, program.name);
  } finally {
    clearInterval(look);
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abandon);
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

function attemptOf(status: number, name: string): 'locked' | 'busy' {
  if (status === 0) return 'locked';
  if (status === 1) return 'busy';
  throw unavailable(`${name} could not lock the file (status ${status})`);
}

function unavailable(message: string): Failure {
  return new Failure('lock_unavailable', message, {
    hint: 'see whether the file system of the lock file supports flock(2), and run the command again',
  });
}
