import { badLine } from '@ralph/protocol/contract/bad-line';
import { lightJson } from '@ralph/protocol/contract/light-json';

/** Returns bytes as the object of a line of stdin; throws the failure that such a line ends in where they are none. */
export function jsonObjectOf(bytes: Buffer): Record<string, unknown> {
  try {
    const value = lightJson(bytes.toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // It is told below.
  }
  throw badLine(1, 'not a JSON object');
}
