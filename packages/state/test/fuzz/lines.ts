import type { InputLine } from '@ralph/protocol/cli/input';
import { badLine } from '@ralph/protocol/contract/bad-line';
import { lightJson } from '@ralph/protocol/contract/light-json';

/** Returns bytes as a line of stdin; throws the failure that such a line ends in where they are none. */
export function lineOf(bytes: Buffer): InputLine {
  const text = bytes.toString();
  let record: unknown;
  try {
    record = lightJson(text);
  } catch {
    throw badLine(1, 'not valid JSON');
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) throw badLine(1, 'not a JSON object');
  return { number: 1, text, record: record as Record<string, unknown> };
}
