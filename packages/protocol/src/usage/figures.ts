import type { Usage } from '../contract/usage.ts';

/** Nobody uses more; it keeps what was made up, or meant harm, out of every sum. */
const MOST = 1e15;

/** A name as providers give them; anything else is not told on. */
const MODEL = /^[\w.:@/[\]()+ -]{1,100}$/;

/** A JSON object, its fields yet to be judged. */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns a value as an object with fields, or nothing for everything else that JSON has. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Returns a number of tokens; nothing when it cannot be one. */
export function tokens(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MOST ? Number(value) : undefined;
}

/** Returns a sum of US dollars in whole millionths; nothing when it cannot be one. */
export function dollars(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MOST ? inMillionths(value) : undefined;
}

/** Rounds US dollars to millionths: figures that have no more add up to the same in any order. */
export function inMillionths(dollarSum: number): number {
  return Math.round(dollarSum * 1e6) / 1e6;
}

/** Returns the name of a model; nothing when it does not look like one. */
export function modelName(value: unknown): string | undefined {
  return typeof value === 'string' && MODEL.test(value) ? value : undefined;
}

/** Returns the tokens of a whole without some parts of it; nothing when the parts are more than the whole. */
export function without(whole: unknown, ...parts: readonly unknown[]): number | undefined {
  const all = tokens(whole);
  return all === undefined ? undefined : tokens(parts.reduce<number>((left, part) => left - (tokens(part) ?? 0), all));
}

/** Returns the sum of the numbers of tokens that are there; nothing when none is. */
export function together(...parts: readonly unknown[]): number | undefined {
  const known = parts.flatMap((part) => tokens(part) ?? []);
  return known.length === 0 ? undefined : tokens(known.reduce((sum, part) => sum + part, 0));
}

/** Returns what is known of a usage without the fields that are not; nothing when no figure is known. */
export function usageOf(figures: { readonly [K in keyof Usage]: Usage[K] | undefined }): Usage | undefined {
  const known = Object.entries(figures).filter(([, value]) => value !== undefined);
  return known.some(([name]) => name !== 'model') ? Object.fromEntries(known) : undefined;
}
