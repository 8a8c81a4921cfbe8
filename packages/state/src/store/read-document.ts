import { Failure, type FailureCode } from '@ralph/protocol/contract/failure';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import { parseJsonc } from '@ralph/protocol/process/read-jsonc';
import type * as z from 'zod';
import { positionOf } from './text-position.ts';

/**
 * Parses the text of a file that people may have edited: plain JSON fast, else with comments, trailing commas and a
 * byte order mark.
 *
 * @throws Failure with the given code, naming file, line and column
 */
export async function parseDocument(text: string, path: string, code: FailureCode): Promise<unknown> {
  // parseJsonc refuses this key, which JSON.parse takes and which would reach into the objects that are built.
  if (!text.includes('__proto__')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Not plain JSON: the tolerant reader decides, and knows the position.
    }
  }
  return parseJsonc(text, path, code);
}

/**
 * Checks a parsed document against its schema.
 *
 * @throws Failure with the given code, naming the file, the position and what is wrong there
 */
export async function checkDocument<T>(
  schema: z.ZodType<T>,
  value: unknown,
  source: { readonly text: string; readonly path: string; readonly code: FailureCode },
): Promise<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const at = await positionOf(source.text, parsed.error.issues[0]?.path ?? []);
  const where = at === undefined ? source.path : `${source.path}:${at.line}:${at.column}`;
  throw new Failure(source.code, `${where}: ${describeIssue(parsed.error)}`, {
    hint: 'mend that place, or restore the file; it was left as it is',
    details: { path: source.path, ...at },
  });
}
