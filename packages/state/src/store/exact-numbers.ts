/** What may be a number that JavaScript cannot hold; commit ids and the like are looked at again, slowly. */
const SUSPECT = /\d{16}|\d[eE][+-]?\d{3}/;

/** Tells whether a text may hold such a number. */
export function mayBeInexact(text: string): boolean {
  return SUSPECT.test(text);
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
