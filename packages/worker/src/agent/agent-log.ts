import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';

const TAIL_BYTES = 4096;
const LINE_LIMIT = 200;

/** Returns the file that gets the output of an attempt's agent. */
export function logPath(repoRoot: string, taskId: string, attempt: number): string {
  return join(repoRoot, RALPH_PATHS.logs, `${taskId}.${attempt}.log`);
}

/** Returns the attempts of a task that have left a log, in order. */
export async function loggedAttempts(repoRoot: string, taskId: string): Promise<number[]> {
  const names = await readdir(join(repoRoot, RALPH_PATHS.logs)).catch(() => []);
  const numbers = names.flatMap((name) => {
    if (!name.startsWith(`${taskId}.`)) return [];
    const number = /^([1-9]\d*)\.log$/.exec(name.slice(taskId.length + 1))?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers.toSorted((a, b) => a - b);
}

export interface LogState {
  readonly bytes: number;
  readonly lastLine: string;
}

/** Returns how long a log is and its last line, reading no more than its end. A missing log is empty. */
export async function readLogState(path: string): Promise<LogState> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return { bytes: 0, lastLine: '' };
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
    return { bytes: size, lastLine: lastLine(buffer.toString('utf8', 0, bytesRead)) };
  } finally {
    await file.close();
  }
}

/** Returns the last line that says something, without what would colour or move on a terminal, at most 200 characters. */
export function lastLine(text: string): string {
  const plain = text
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g, '')
    .split(/[\r\n]+/)
    // eslint-disable-next-line no-control-regex
    .map((line) => line.replace(/[\u0000-\u001f\u007f]/g, ' ').trim())
    .filter((line) => line !== '');
  return [...(plain.at(-1) ?? '')].slice(0, LINE_LIMIT).join('');
}

/** Reports each growth of a log until told to stop; looks every `everyMs`. The returned function settles when it has. */
export function followLog(
  path: string,
  everyMs: number,
  report: (state: LogState) => Promise<void>,
): () => Promise<void> {
  let known = 0;
  let busy: Promise<void> = Promise.resolve();
  let idle = true;
  const look = async () => {
    const state = await readLogState(path);
    if (state.bytes > known) await report(state);
    known = state.bytes;
    idle = true;
  };
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    busy = look();
    // A log that cannot be read for a moment is looked at again.
    busy.catch(() => (idle = true));
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await busy.catch(() => {});
  };
}
