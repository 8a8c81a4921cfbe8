import type * as z from 'zod';

/** The library hands it through to its schemas; only its own `validate` sets it by itself. */
const FIRST_ONLY = { abortEarly: true } as z.core.ParseContext<z.core.$ZodIssue>;

/**
 * Holds a value against a schema up to the first thing that does not fit, which is what we tell. A list of a million
 * misfits has a million issues otherwise, and takes gigabytes and a minute to be refused.
 */
export function firstIssue<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> {
  return schema.safeParse(value, FIRST_ONLY);
}
