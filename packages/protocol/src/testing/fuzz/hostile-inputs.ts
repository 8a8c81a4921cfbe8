import fc from 'fast-check';
import { changedValue } from './hostile-values.ts';
import { mutatedBytes } from './mutated-bytes.ts';

/** A file of JSON that somebody has changed: by its structure, by its bytes, or first the one and then the other. */
export function hostileJson(samples: readonly unknown[], layout?: number): fc.Arbitrary<Buffer> {
  const texts = samples.map((sample) => Buffer.from(JSON.stringify(sample, null, layout)));
  const byStructure = changedValue(samples).map((value) => Buffer.from(textOf(value, layout)));
  return fc.oneof(
    { arbitrary: byStructure, weight: 3 },
    { arbitrary: mutatedBytes(texts), weight: 3 },
    { arbitrary: byStructure.chain((bytes) => mutatedBytes([bytes])), weight: 1 },
  );
}

/** A stream of lines of JSON, of which some are as they should be. */
export function hostileLines(samples: readonly unknown[], most = 12): fc.Arbitrary<Buffer> {
  const sound = fc.constantFrom(...samples).map((value) => Buffer.from(JSON.stringify(value)));
  const line = fc.oneof({ arbitrary: sound, weight: 1 }, { arbitrary: hostileJson(samples), weight: 2 });
  const lines = fc.array(line, { minLength: 1, maxLength: most }).map((all) => joined(all));
  return fc.oneof(
    { arbitrary: lines, weight: 4 },
    { arbitrary: lines.chain((bytes) => mutatedBytes([bytes])), weight: 1 },
  );
}

/** A text of any other form. */
export function hostileText(...samples: readonly string[]): fc.Arbitrary<Buffer> {
  const known = samples.map((sample) => Buffer.from(sample));
  const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ arbitrary: mutatedBytes(known), weight: 5 }, { arbitrary: noise, weight: 1 });
}

function joined(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
}

function textOf(value: unknown, layout: number | undefined): string {
  return JSON.stringify(value, null, layout) ?? 'null';
}
