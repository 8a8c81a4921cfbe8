import { describe, expect, it } from 'vitest';
import type { InputLine } from '@ralph/protocol/cli/input';
import { lineBatches } from '../src/apply/line-batches.ts';

function line(number: number, text = '{}'): InputLine {
  return { number, text, record: {} };
}

async function* source(lines: readonly InputLine[], error?: Error): AsyncGenerator<InputLine> {
  yield* lines;
  if (error !== undefined) throw error;
}

function numbered(count: number): InputLine[] {
  return Array.from({ length: count }, (_, index) => line(index + 1));
}

describe('lineBatches', () => {
  it('puts lines that are there together into one batch, in order', async () => {
    const batches = [];
    for await (const batch of lineBatches(source(numbered(10)))) batches.push(batch.map(({ number }) => number));
    expect(batches).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
  });

  it('does not let a line wait for the next one', async () => {
    let more = (_line: InputLine) => {};
    async function* slow(): AsyncGenerator<InputLine> {
      yield line(1);
      yield await new Promise<InputLine>((resolve) => (more = resolve));
    }
    const batches = lineBatches(slow());
    expect((await batches.next()).value).toEqual([line(1)]);
    more(line(2));
    expect((await batches.next()).value).toEqual([line(2)]);
    expect((await batches.next()).done).toBe(true);
  });

  it('stops reading while a thousand lines wait', async () => {
    let read = 0;
    async function* counted(): AsyncGenerator<InputLine> {
      for (const each of numbered(5000)) {
        read += 1;
        yield each;
      }
    }
    const sizes: number[] = [];
    for await (const batch of lineBatches(counted())) {
      sizes.push(batch.length);
      await new Promise((resolve) => setImmediate(resolve));
      expect(read).toBeLessThanOrEqual(sizes.reduce((sum, size) => sum + size) + 1000);
    }
    expect(sizes.reduce((sum, size) => sum + size)).toBe(5000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
  });

  it('gives the lines before an error, then the error', async () => {
    const seen: number[] = [];
    const reading = async () => {
      for await (const batch of lineBatches(source(numbered(3), new Error('bad line 4'))))
        seen.push(...batch.map((each) => each.number));
    };
    await expect(reading()).rejects.toThrow('bad line 4');
    expect(seen).toEqual([1, 2, 3]);
  });
});
