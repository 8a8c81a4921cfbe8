import type { FailureCode } from '@ralph/protocol/contract/failure';
import { plainJson } from './plain-json.ts';

/**
 * Parses the text of a file that people may have edited: plain JSON fast, else with comments, trailing commas and a
 * byte order mark.
 *
 * @throws Failure with the given code, naming file, line and column
 */
export async function parseDocument(text: string, path: string, code: FailureCode): Promise<unknown> {
  const plain = plainJson(text);
  if (plain !== undefined) return plain.value;
  const { parseJsonc } = await import('@ralph/protocol/process/read-jsonc');
  return parseJsonc(text, path, code);
}
