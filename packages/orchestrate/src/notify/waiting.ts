import { readCursor, cursorPath, type Cursor } from './cursor.ts';
import { LogReader } from './log-reader.ts';
import { eventIn } from './message.ts';
import { wants, type Target } from './target.ts';

/** Beyond it nobody wants to know the number. */
export const MOST_COUNTED = 1000;

/** Counts the events that a target is still to be told of, up to `MOST_COUNTED`. Changes nothing. */
export async function countWaiting(
  logPath: string,
  target: Pick<Target, 'events'>,
  { place }: Pick<Cursor, 'place'>,
): Promise<number> {
  const reader = new LogReader(logPath, place);
  let count = 0;
  try {
    for (let read = await reader.next(); read !== undefined && count < MOST_COUNTED; read = await reader.next()) {
      const found = read.kind === 'line' ? eventIn(read.text) : undefined;
      if (found !== undefined && wants(target, String(found.event['type']))) count += 1;
    }
  } finally {
    await reader.close();
  }
  return count;
}

/** What is known of a target from its cursor. */
export interface Standing {
  /** Nothing before the first run that has the target. */
  readonly cursor: Cursor | undefined;
  readonly waiting: number;
}

/** Looks how far a target was told. Changes nothing. */
export async function standingOf(root: string, logPath: string, target: Target): Promise<Standing> {
  const read = await readCursor(cursorPath(root, target.id));
  const cursor = read === 'broken' ? undefined : read;
  return { cursor, waiting: cursor === undefined ? 0 : await countWaiting(logPath, target, cursor) };
}

/** Returns a number of events as a person reads it. */
export function eventsText(count: number): string {
  if (count >= MOST_COUNTED) return `${MOST_COUNTED} events or more`;
  return `${count} event${count === 1 ? '' : 's'}`;
}
