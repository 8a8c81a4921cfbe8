import type { Row, Slowdown } from './judge-run.ts';

/** Returns the rows of a verdict as a table, and by how much tasks have become slower. */
export function figuresText(rows: readonly Row[], slower: Slowdown | undefined): string {
  const width = Math.max(0, ...rows.map(({ what }) => what.length));
  const line = (what: string, ...cells: readonly string[]) =>
    [what.padEnd(width), ...cells.map((cell) => cell.padStart(11))].join('  ');
  const table = rows.map(({ what, early, late, perTask, holds }) =>
    line(what, short(early), short(late), short(perTask), holds ? 'holds' : 'GROWS'),
  );
  const pace =
    slower === undefined
      ? []
      : [
          `a task at the end in times of one early on: ${slower.processor.toFixed(2)} on the processor, ${slower.wall.toFixed(2)} by the clock`,
        ];
  return `${[line('figure', 'after 1/5', 'at the end', 'each task', ''), ...table, ...pace].join('\n')}\n`;
}

function short(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
