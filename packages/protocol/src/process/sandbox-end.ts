import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { Failure } from '../contract/failure.ts';
import { STATUS_DESCRIPTOR } from './sandbox-layout.ts';

/** How a command has ended; with a failure where nothing of it was ever run. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly failure?: Failure;
}

/** Bubblewrap says two short things. */
const MOST_CHARACTERS = 4096;

/**
 * Says how a command has ended that bubblewrap ran, by what that wrote on its status descriptor: without a word about
 * the end there was no sandbox, and nothing was run. An end by a signal is told as one.
 */
export async function endInSandbox(child: ChildProcess, ended: Promise<CommandEnd>): Promise<CommandEnd> {
  // One that could not even be started has no streams.
  const stream = (child.stdio as ChildProcess['stdio'] | undefined)?.[STATUS_DESCRIPTOR] as Readable | undefined;
  if (stream === undefined) return ended;
  let said = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < MOST_CHARACTERS) said += text;
  });
  // That it broke says no more than that it ended.
  const over = finished(stream).catch(() => {});
  const end = await ended;
  await over;
  return readEnd(said, end);
}

/** Reads what bubblewrap said of the end of its command. Pure. */
export function readEnd(said: string, end: CommandEnd): CommandEnd {
  if (end.signal !== null) return end;
  const told = /"exit-code":\s*(\d+)/.exec(said)?.[1];
  if (told === undefined) return { ...end, failure: noSandbox(end.code) };
  const code = Number(told);
  const signal = signalOf(code - 128);
  return signal === undefined ? { code, signal: null } : { code: null, signal };
}

function signalOf(number: number): NodeJS.Signals | undefined {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] as NodeJS.Signals | undefined;
}

function noSandbox(code: number | null): Failure {
  const message = `bubblewrap could not make the sandbox (status ${code ?? 'unknown'}); its own words end the log`;
  return new Failure('sandbox_unavailable', message, { hint: 'ralph-worker preflight --sandbox bwrap' });
}
