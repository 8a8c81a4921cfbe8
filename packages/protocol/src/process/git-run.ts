import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { timerMs } from '../cli/timer-ms.ts';
import { asIoFailure, Failure, isFailure } from '../contract/failure.ts';
import { signalProcess } from './process-list.ts';

/** How long output is waited for after git itself has ended: others may hold its pipes, as a shared ssh does. */
const STREAMS_MS = 1000;

/** How long git may take to end after SIGTERM. */
const TERM_MS = 2000;

/** What is needed of a child that leads a process group. */
export interface GroupLeader {
  readonly pid?: number | undefined;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  once(event: 'exit', listener: () => void): unknown;
}

/**
 * Sees to it that a child and its pipes come to an end: on abort and at the limit its group gets SIGTERM, and SIGKILL
 * after 2 s; the pipes are closed 1 s after its end, whoever still holds them. Returns the function that stops all
 * this.
 */
export function boundChild(child: GroupLeader, limitMs: number, signal: AbortSignal | undefined): () => void {
  let told = false;
  let kill: NodeJS.Timeout | undefined;
  let closing: NodeJS.Timeout | undefined;
  const close = () => {
    // The group is still that of the child: its number is kept by whoever holds the pipes.
    if (told) signalGroup(child, 'SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const end = () => {
    if (told || child.exitCode !== null || child.signalCode !== null) return;
    told = true;
    signalGroup(child, 'SIGTERM');
    kill = setTimeout(close, TERM_MS);
  };
  child.once('exit', () => (closing = setTimeout(close, STREAMS_MS)));
  const limit = setTimeout(end, timerMs(limitMs));
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  return () => {
    for (const timer of [limit, kill, closing]) clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  };
}

/** Returns the failure for a git that could not be started in a folder. */
export function notStarted(error: NodeJS.ErrnoException | undefined, cwd: string): unknown {
  if (!isFolder(cwd)) {
    return new Failure('io', `cannot run git in ${cwd}: no such folder`, {
      cause: error,
      hint: 'see whether the folder was moved or removed',
    });
  }
  if (error !== undefined && !isFailure(error) && error.code !== 'ENOENT')
    return asIoFailure(error, `run git in ${cwd}`);
  return new Failure('git_missing', 'git was not found', { hint: 'install git and see that it is on PATH' });
}

/** Tells whether a path leads to a folder. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function signalGroup({ pid }: GroupLeader, signal: NodeJS.Signals): void {
  if (pid !== undefined) signalProcess(-pid, signal);
}
