import fc from 'fast-check';

/** What is put somewhere into a file: what parsers are known to stumble over. */
const PIECES: readonly Buffer[] = [
  '\0',
  '\uFEFF',
  '\r\n',
  '\n',
  '\u2028',
  '"',
  '\\',
  '\\ud800',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '//',
  '/*',
  '*/',
  '{"__proto__":{"x":1}}',
  '"__proto__":1,',
  '1e999',
  '-',
  '9'.repeat(400),
  '0.'.padEnd(400, '3'),
  '['.repeat(5000),
  '{"a":'.repeat(3000),
  `${'['.repeat(300)}${']'.repeat(300)}`,
  'x'.repeat(70_000),
  '\\"'.repeat(30_000),
  ' #'.repeat(60_000),
  ' '.repeat(100_000),
  '1,'.repeat(3000),
  '\u001b[31m',
  '-----BEGIN PRIVATE KEY-----\n',
]
  .map((text) => Buffer.from(text))
  .concat(Buffer.of(0xff, 0xfe), Buffer.of(0xc3), Buffer.of(0xed, 0xa0, 0x80), Buffer.of(0xf0, 0x9f));

const mutation = fc.record({
  how: fc.constantFrom(
    'flip',
    'byte',
    'delete',
    'double',
    'cut',
    'behead',
    'insert',
    'insert',
    'splice',
    'swap',
    'crlf',
  ),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 200 }),
  byte: fc.integer({ min: 0, max: 255 }),
  piece: fc.constantFrom(...PIECES),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

/** Larger ones are made by repeating, which nobody needs twice. */
const LARGEST = 2 ** 20;

/** The bytes of one of some files with a few of them changed, gone, doubled, cut off, or others put between them. */
export function mutatedBytes(samples: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 5 }), fc.constantFrom(...samples))
    .map(([sample, mutations, other]) => mutations.reduce((bytes, one) => mutated(bytes, one, other), sample));
}

function mutated(bytes: Buffer, { how, at, to, length, byte, piece }: Mutation, other: Buffer): Buffer {
  const from = Math.floor(at * bytes.length);
  const end = Math.min(bytes.length, from + length);
  const place = Math.floor(to * bytes.length);
  const [before, behind] = [bytes.subarray(0, from), bytes.subarray(end)];
  switch (how) {
    case 'flip':
      return withByte(bytes, from, (bytes[from] ?? 0) ^ (1 << (byte % 8)));
    case 'byte':
      return withByte(bytes, from, byte);
    case 'delete':
      return Buffer.concat([before, behind]);
    case 'double':
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(from)]).subarray(0, LARGEST);
    case 'cut':
      return before;
    case 'behead':
      return bytes.subarray(from);
    case 'splice':
      return Buffer.concat([before, other.subarray(Math.floor(to * other.length))]).subarray(0, LARGEST);
    case 'swap':
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(from, end), bytes.subarray(place)]).subarray(
        0,
        LARGEST,
      );
    case 'crlf':
      return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    case 'insert':
      return Buffer.concat([before, piece, bytes.subarray(from)]).subarray(0, LARGEST);
  }
}

function withByte(bytes: Buffer, at: number, byte: number): Buffer {
  const changed = Buffer.from(bytes);
  if (at < changed.length) changed[at] = byte;
  return changed;
}
