import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable } from '@ralph/protocol/cli/printable';
import { endWithin } from '@ralph/protocol/process/bounded-tree';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { KeptLog } from '@ralph/protocol/process/kept-log';
import type { LogKeeper } from '@ralph/protocol/process/log-keeper';
import { olderLogPath } from '@ralph/protocol/process/older-log';
import type { ProcessTree, ProcessTrees, TreeEnd } from '@ralph/protocol/process/process-tree';
import { randomHex } from '@ralph/protocol/process/random-hex';
import type { Delivery } from './delivery.ts';

/** What a program prints is kept for a look, not for ever. */
const LOG_BYTES = 256 * 1024;
const SHOWN = 200;

/** Statuses that mean that it may go well later: EX_TEMPFAIL of sysexits, and what a shell could not start. */
const LATER = new Set([75, 126, 127]);

/** Programs under control, and what they print. */
export interface Programs {
  readonly trees: ProcessTrees;
  readonly logs: LogKeeper;
}

export interface ProgramRun extends Programs {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What it reads on stdin. */
  readonly input: string;
  /** Gets what it prints, begun anew each time. */
  readonly logPath: string;
  readonly limitMs: number;
  /** Ends it, as the time limit does: with everything that it has started. */
  readonly signal: AbortSignal;
  /** Takes out of what it prints what nobody is to read, before it is cut short. */
  readonly redact: (text: string) => string;
}

/**
 * Runs a program that is told of an event, until it and all that it has started have ended.
 *
 * @throws what opening its files and starting it throws
 */
export async function runProgram(run: ProgramRun): Promise<Delivery> {
  const { logPath, logs } = run;
  for (const path of [logPath, olderLogPath(logPath)]) dropFile(path);
  const log = new KeptLog(logPath, LOG_BYTES);
  const unwatch = logs.watch(log, { report: () => Promise.resolve(), idleMs: undefined, onIdle: () => {} });
  try {
    const end = await endOf(run);
    return deliveryOf(end, run, lastLine(run.redact(log.tail().text)));
  } finally {
    await unwatch();
    log.close();
  }
}

async function endOf(run: ProgramRun): Promise<TreeEnd> {
  const { argv, cwd, env } = run;
  const stdin = inputFile(run.input);
  const opened = [stdin];
  let tree: ProcessTree;
  try {
    const out = openSync(run.logPath, 'a');
    opened.push(out);
    tree = await run.trees.start({ command: argv, cwd, env, stdin, stdout: out, stderr: out });
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
  return endWithin(tree, run);
}

function deliveryOf({ cause, exitCode, signal }: TreeEnd, { limitMs }: ProgramRun, said: string): Delivery {
  const why = said === '' ? '' : `: ${said}`;
  if (cause === 'cancelled') return { kind: 'cut', words: 'ended before it was done' };
  if (cause === 'timeout') return { kind: 'failed', words: `ended after its time limit of ${limitMs / 1000} s${why}` };
  if (exitCode === null) return { kind: 'failed', words: `ended by ${signal ?? 'a signal'}${why}` };
  if (exitCode === 0) return { kind: 'taken', status: 0, words: 'status 0' };
  return { kind: LATER.has(exitCode) ? 'later' : 'failed', status: exitCode, words: `status ${exitCode}${why}` };
}

/** A file without a name, read from its beginning: a program that reads nothing breaks no pipe of ours. */
function inputFile(text: string): number {
  const path = join(tmpdir(), `.ralph-${randomHex(8)}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done, undefined, done);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function lastLine(text: string): string {
  const lines = printable(text).split('\n');
  return (lines.findLast((line) => line.trim() !== '') ?? '').trim().slice(0, SHOWN);
}
