import type * as z from 'zod';
import { nearestWord } from './nearest-word.ts';

/** Returns the guess for a value that a schema has refused because it is none of a few words; nothing where there is none. */
export function meantValue(issue: z.core.$ZodIssue | undefined, value: unknown): string | undefined {
  if (issue?.code !== 'invalid_value' || typeof value !== 'string') return undefined;
  const nearest = nearestWord(value, issue.values.map(String));
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}
