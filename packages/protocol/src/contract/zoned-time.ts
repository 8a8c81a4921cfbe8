const ZONED = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * Returns the milliseconds of an RFC 3339 time; NaN where it cannot be read, or has no zone: what `Date.parse` makes of that
 * depends on where the program runs.
 */
export function timeOf(text: string | null | undefined): number {
  return typeof text === 'string' && ZONED.test(text) ? Date.parse(text) : Number.NaN;
}
