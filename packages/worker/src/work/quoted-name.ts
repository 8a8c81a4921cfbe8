const SIGNS: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * Returns the bytes of a name as git prints it with core.quotePath: a name that is not UTF-8 would not survive the way
 * through a string of ours.
 */
export function bytesOfName(printed: string): Buffer {
  if (!printed.startsWith('"')) return Buffer.from(printed);
  const bytes: number[] = [];
  for (const [, octal, sign, plain = ''] of printed.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (sign !== undefined) bytes.push(SIGNS[sign] ?? sign.charCodeAt(0));
    else bytes.push(...Buffer.from(plain));
  }
  return Buffer.from(bytes);
}
