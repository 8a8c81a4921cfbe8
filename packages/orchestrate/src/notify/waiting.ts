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

/** Why nothing is known of a target whose cursor cannot be used. */
export const BROKEN_CURSOR = 'what it was told up to now cannot be read';

/** What is known of a target from its cursor. */
export interface Standing {
  /** Whether there is a cursor that cannot be used: nobody knows what waits. */
  readonly isBroken: boolean;
  /** Nothing before the first run that has the target. */
  readonly cursor: Cursor | undefined;
  readonly waiting: number;
}

/** Looks how far a target was told. Changes nothing. */
export async function standingOf(root: string, logPath: string, target: Target): Promise<Standing> {
  const read = await readCursor(cursorPath(root, target.id));
  if (read === 'broken') return { isBroken: true, cursor: undefined, waiting: 0 };
  return { isBroken: false, cursor: read, waiting: read === undefined ? 0 : await countWaiting(logPath, target, read) };
}

/** Returns a number of events as a person reads it. */
export function eventsText(count: number): string {
  if (count >= MOST_COUNTED) return `${MOST_COUNTED} events or more`;
  return `${count} event${count === 1 ? '' : 's'}`;
}
