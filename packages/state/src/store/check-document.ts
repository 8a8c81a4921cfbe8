import { Failure, type FailureCode } from '@ralph/protocol/contract/failure';
import { firstIssue } from '@ralph/protocol/contract/first-issue';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import type * as z from 'zod';
import { positionOf } from './text-position.ts';

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
  const parsed = firstIssue(schema, value);
  if (parsed.success) return parsed.data;
  const at = await positionOf(source.text, parsed.error.issues[0]?.path ?? []);
  const where = at === undefined ? source.path : `${source.path}:${at.line}:${at.column}`;
  throw new Failure(source.code, `${where}: ${describeIssue(parsed.error)}`, {
    hint: 'mend that place, or restore the file; it was left as it is',
    details: { path: source.path, ...at },
  });
}
