import { printable } from './printable.ts';

type Columns = Readonly<Record<string, (row: never) => string>>;

/** Returns rows as a table with headings, each column as wide as its widest cell; only the first line of a cell shows. */
export function table(columns: Columns, rows: readonly object[]): string {
  const names = Object.keys(columns);
  const cells = rows.map((row) => names.map((name) => oneLine(columns[name]?.(row as never) ?? '')));
  const widths = names.map((name, index) => Math.max(name.length, ...cells.map((line) => line[index]?.length ?? 0)));
  const lines = [names.map((name) => name.toUpperCase()), ...cells].map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function oneLine(text: string): string {
  return printable(text.split('\n', 1)[0] ?? '');
}
