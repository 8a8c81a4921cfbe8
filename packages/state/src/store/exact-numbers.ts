import { Failure } from '@ralph/protocol/contract/failure';

/** Tells whether a value that was read holds a number that may have been another one in the text. */
export function mayBeInexact(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return false;
  const object = value as Readonly<Record<string, unknown>>;
  for (const name in object) if (mayBeInexact(object[name])) return true;
  return false;
}

/** Returns the first number in a text that would be another one after it was read and written; nothing in most texts. */
export async function inexactNumber(text: string): Promise<{ literal: string; offset: number } | undefined> {
  const { visit } = await import('jsonc-parser');
  let found: { literal: string; offset: number } | undefined;
  visit(text, {
    onLiteralValue: (value: unknown, offset, length) => {
      const literal = text.slice(offset, offset + length);
      if (typeof value === 'number' && !isExact(literal, value)) found ??= { literal, offset };
    },
  });
  return found;
}

/** Up to 15 digits every number comes out as it went in. */
const SURE_DIGITS = 15;

function isExact(literal: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  const [digits = ''] = literal.replaceAll(/[-.]/g, '').split(/e/i);
  if (digits.length <= SURE_DIGITS) return true;
  return /^-?\d+$/.test(literal) ? BigInt(literal) === BigInt(value) : String(value) === literal;
}

/**
 * Insists that every number in the text of a file comes out as it went in.
 *
 * @throws Failure `state_inexact` with the place
 */
export async function requireExact(text: string | undefined, path: string): Promise<void> {
  const found = text === undefined ? undefined : await inexactNumber(text);
  if (text === undefined || found === undefined) return;
  const { positionsOfOffsets } = await import('./text-position.ts');
  const { line, column } = positionsOfOffsets(text)(found.offset);
  throw new Failure('state_inexact', `${path}:${line}:${column}: ${found.literal} would not survive a rewrite`, {
    hint: 'write it as a text, or use the program that wrote it; the file was left as it is',
    details: { path, line, column },
  });
}
