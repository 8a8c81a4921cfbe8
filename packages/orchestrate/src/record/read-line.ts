import type { AnyEvent } from '@ralph/protocol/contract/events';
import { isFailure } from '@ralph/protocol/contract/failure';
import { parseLine } from '@ralph/protocol/contract/parse-line';

/** Returns the record that a line of the log holds; nothing for one that is broken. */
export function recordOf(bytes: Buffer | undefined): Readonly<Record<string, unknown>> | undefined {
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
    return typeof value.type === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the event that a record is; `broken` where it lacks what such an event must carry, nothing where it is none of ours. */
export function eventOf(record: Readonly<Record<string, unknown>>, line: number): AnyEvent | 'broken' | undefined {
  try {
    const parsed = parseLine(record, line);
    return parsed.kind === 'event' ? parsed.event : undefined;
  } catch (error) {
    if (isFailure(error)) return 'broken';
    throw error;
  }
}
