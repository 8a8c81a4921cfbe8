import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawing, erasing, redrawing } from '../src/view/drawing.ts';
import { SmallTerminal } from './support/small-terminal.ts';

const COLUMNS = 40;

const line = fc
  .string({ unit: fc.constantFrom('a', 'b', '漢', '…', ' '), maxLength: 19 })
  .map((text) => `|${text.trimEnd()}`);
const frames = fc.array(line, { minLength: 1, maxLength: 6 });
/** Many of them are too narrow for a line. */
const widths = fc.oneof(fc.integer({ min: 10, max: 20 }), fc.integer({ min: 10, max: 80 }));

describe('a drawing at the foot of a terminal', () => {
  it('becomes any other one in its place, below the lines that were there', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(frames, fc.option(line)), { minLength: 1, maxLength: 12 }), (steps) => {
        const terminal = new SmallTerminal(COLUMNS, 10);
        const above: string[] = [];
        let shown: readonly string[] = [];
        for (const [next, told] of steps) {
          if (told === null) terminal.write(redrawing(shown, next));
          else {
            terminal.write(`${erasing({ lines: shown, columns: COLUMNS }, COLUMNS)}${told}\r\n${drawing(next)}`);
            above.push(told);
          }
          shown = next;
          expect(terminal.all).toEqual([...above, ...next]);
          expect(terminal.cursor).toEqual({ row: above.length + next.length - 1, column: 0 });
        }
        terminal.write(erasing({ lines: shown, columns: COLUMNS }, COLUMNS));
        expect(terminal.all).toEqual(above);
        expect(terminal.strange).toEqual([]);
      }),
    );
  });

  it('goes whole when the terminal was made narrower or wider, also where its lines were wrapped', () => {
    fc.assert(
      fc.property(frames, frames, widths, (first, second, columns) => {
        const terminal = new SmallTerminal(COLUMNS, 60);
        terminal.write(`above\r\n${drawing(first)}`);
        terminal.resize(columns);
        terminal.write(
          erasing({ lines: first, columns: COLUMNS }, columns) + drawing(second.map((text) => text.slice(0, 5))),
        );
        expect(terminal.all).toEqual(['above', ...second.map((text) => text.slice(0, 5).trimEnd())]);
      }),
    );
  });

  it('goes whole when its only line, or one with wide characters, was wrapped', () => {
    for (const first of [['|漢aaaaa漢a'], [`|${'漢'.repeat(18)}`, 'below']]) {
      for (let columns = 10; columns <= COLUMNS; columns += 1) {
        const terminal = new SmallTerminal(COLUMNS, 60);
        terminal.write(`above\r\n${drawing(first)}`);
        terminal.resize(columns);
        terminal.write(erasing({ lines: first, columns: COLUMNS }, columns));
        expect([columns, ...terminal.all]).toEqual([columns, 'above']);
      }
    }
  });

  it('writes only lines that have changed', () => {
    const before = ['one', 'two', 'three'];
    expect(redrawing(before, before)).toBe('');
    expect(redrawing(before, ['one', 'TWO', 'three'])).toBe('\r\u001B[1ATWO\u001B[K\r\u001B[1B');
    expect(redrawing(before, ['one', 'two', 'THREE'])).toBe('\rTHREE\u001B[K\r');
  });

  it('bears what somebody types, in its last line', () => {
    const terminal = new SmallTerminal(COLUMNS, 10);
    terminal.write(`above\r\n${drawing(['one', 'two'])}`);
    terminal.write('^C');
    terminal.write(redrawing(['one', 'two'], ['1', '2']));
    expect(terminal.all).toEqual(['above', '1', '2']);
  });
});
