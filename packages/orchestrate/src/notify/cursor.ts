import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFrom } from '@ralph/protocol/process/read-again';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { nextFilePath } from '@ralph/protocol/process/next-file';
import { jsonObject } from '../record/read-line.ts';
import type { Place } from './log-reader.ts';

/** How far a target was told, and what came of it. */
export interface Cursor {
  readonly place: Place;
  /** The run that the place is in. */
  readonly runId: string | undefined;
  /** When the last event was that was passed. */
  readonly at: string | undefined;
  readonly sent: number;
  readonly givenUp: number;
  /** How often the event behind the place has failed at a command that may never take it. */
  readonly tries?: number | undefined;
  /** Why the next event could not be told so far, or the last one was given up. */
  readonly error: { readonly at: string; readonly words: string } | undefined;
}

/** More than any cursor of ours takes. */
const LIMIT_BYTES = 64 * 1024;

/** Returns the file that says how far a target was told. */
export function cursorPath(root: string, id: string): string {
  return join(root, RALPH_PATHS.notify, `${id}.json`);
}

/** Returns the cursor of a target that begins at a place. */
export function newCursor(place: Place): Cursor {
  return { place, runId: undefined, at: undefined, sent: 0, givenUp: 0, error: undefined };
}

/** Reads a cursor: nothing where there is no file, `broken` where it says nothing that can be used. */
export async function readCursor(path: string): Promise<Cursor | 'broken' | undefined> {
  try {
    const text = await readStart(path);
    return (text === undefined ? undefined : cursorIn(text)) ?? 'broken';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'broken';
  }
}

/** Returns the beginning of a plain file. */
async function readStart(path: string): Promise<string | undefined> {
  // A pipe of that name must not make us wait.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    const buffer = Buffer.alloc(LIMIT_BYTES);
    return buffer.toString('utf8', 0, await readFrom(handle, buffer, LIMIT_BYTES, 0));
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a cursor, so that a reader and a crash find the old or the new one, whole and on the disk. No link is followed.
 *
 * @throws what the file system throws
 */
export async function writeCursor(path: string, cursor: Cursor): Promise<void> {
  const next = nextFilePath(path);
  await mkdir(dirname(path), { recursive: true });
  try {
    const handle = await open(next, 'wx', 0o600);
    try {
      await handle.writeFile(textOf(cursor));
      // Beside everything else: a delivery that is written down late is no more than told twice after a crash.
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

function textOf({ place, runId, at, sent, givenUp, tries, error }: Cursor): string {
  const { ino, head, offset } = place;
  return `${JSON.stringify({ v: 1, ino, head, offset, run_id: runId, at, sent, given_up: givenUp, tries, error })}\n`;
}

function cursorIn(text: string): Cursor | undefined {
  const read = jsonObject(text);
  if (read === undefined || read['v'] !== 1) return undefined;
  const { ino, offset, sent, given_up: givenUp, tries, error } = read;
  if (typeof ino !== 'string' || !isCount(offset)) return undefined;
  const { at, words } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    place: { ino, head: textIn(read['head']), offset },
    runId: textIn(read['run_id']),
    at: textIn(read['at']),
    sent: isCount(sent) ? sent : 0,
    givenUp: isCount(givenUp) ? givenUp : 0,
    tries: isCount(tries) ? tries : undefined,
    error: typeof at === 'string' && typeof words === 'string' ? { at, words } : undefined,
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
