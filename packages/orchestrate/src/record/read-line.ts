import { lightJson } from '@ralph/protocol/contract/light-json';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { isFailure } from '@ralph/protocol/contract/failure';
import { parseLine } from '@ralph/protocol/contract/parse-line';

/** Returns the object that a text is in JSON; nothing for anything else. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = lightJson(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the record that a line of the log holds; nothing for one that is broken. */
export function recordOf(bytes: Buffer | undefined): Readonly<Record<string, unknown>> | undefined {
  const record = bytes === undefined ? undefined : jsonObject(bytes.toString('utf8'));
  return typeof record?.['type'] === 'string' ? record : undefined;
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
