import { cellText, cut, displayWidth, padded } from './cell-text.ts';
import { spanText } from './clock.ts';
import { GAP, HEADINGS, placeColumns, type Cells, type PlacedColumn } from './columns.ts';
import { footLine } from './foot-line.ts';
import type { Model } from './model.ts';
import { ciText, phaseText, places } from './row-text.ts';

export interface FrameSize {
  /** Of the terminal. */
  readonly columns: number;
  readonly rows: number;
}

export interface Moment extends FrameSize {
  /** Ms of the wall clock. */
  readonly now: number;
  /** Tasks that are yet to be started; nothing where that is not known. */
  readonly waiting?: number | undefined;
}

/** Lines that are left to what scrolls above. */
const ABOVE = 2;

/**
 * Returns what stands at the foot of a terminal while a run goes on: a line for each task at work, and one for the whole.
 * No line is as wide as the terminal, since some wrap in the last column already, and none holds a control character.
 * Two lines of the terminal at least are left to what stands above. Pure.
 */
export function frame(model: Model, { columns, rows, now, waiting }: Moment): string[] {
  const width = Math.max(1, columns - 1);
  const foot = footLine(model, waiting, width, now);
  const room = Math.max(0, rows - ABOVE - 1);
  if (model.rows.size === 0 || room === 0) return [foot];
  const hasHead = room > 2;
  const most = room - (hasHead ? 1 : 0);
  const all = model.rows.size <= most ? model.rows.size : most - 1;
  const shown = cellsOf(model, now).slice(0, all);
  const placed = placeColumns(shown, width);
  const hidden = model.rows.size - all;
  return [
    ...(hasHead && shown.length > 0 ? [lineOf(HEADINGS, placed)] : []),
    ...shown.map((cells) => lineOf(cells, placed)),
    ...(hidden === 0 ? [] : [cut(`… ${hidden} more`, width)]),
    foot,
  ];
}

function cellsOf({ rows, gates }: Model, now: number): Cells[] {
  const inLine = places(rows.values());
  return [...rows.values()].map((row) => ({
    task: cellText(row.id),
    phase: phaseText(row, gates),
    time: spanText(now - row.since),
    place: String(inLine.get(row.id) ?? ''),
    ci: ciText(row, gates),
    title: row.title,
    line: row.lastLine,
  }));
}

function lineOf(cells: Cells, placed: readonly PlacedColumn[]): string {
  const hasTitle = placed.some(({ column }) => column === 'title');
  return placed
    .map(({ column, width }) => {
      // Better than nothing, where there is no room for both.
      const text = column === 'line' && !hasTitle && cells.line === '' ? cells.title : cells[column];
      return padded(text, width);
    })
    .join(' '.repeat(GAP))
    .trimEnd();
}

/** Returns over how many rows of a terminal lines stand that were drawn when it had another width. */
export function rowsTaken(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + rowsOf(line, columns), 0);
}

function rowsOf(line: string, columns: number): number {
  let [rows, taken] = [1, 0];
  for (const character of line) {
    const width = displayWidth(character);
    taken += width;
    if (taken <= columns) continue;
    // A wide character that has one column left goes over whole, and leaves that column empty.
    rows += 1;
    taken = width;
  }
  return rows;
}
