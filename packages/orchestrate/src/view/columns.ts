import { displayWidth } from './cell-text.ts';

/** One row of the table, a cell for each column. */
export interface Cells {
  readonly task: string;
  readonly phase: string;
  readonly time: string;
  readonly place: string;
  readonly ci: string;
  readonly title: string;
  readonly line: string;
}

export type Column = keyof Cells;

export const HEADINGS: Cells = {
  task: 'TASK',
  phase: 'PHASE',
  time: 'TIME',
  place: 'TRAIN',
  ci: 'CI',
  title: 'TITLE',
  line: 'LAST LINE',
};

/** From left to right. */
const ORDER: readonly Column[] = ['task', 'phase', 'time', 'place', 'ci', 'title', 'line'];

/** The most important first: the others go where there is no room. */
const IMPORTANCE: readonly Column[] = ['task', 'phase', 'time', 'line', 'ci', 'place', 'title'];

/** Without these the others tell nothing. */
const BASIC: ReadonlySet<Column> = new Set(['task', 'phase', 'time']);

/** What a column takes at most, where it does not take what is left. */
const MOST: Partial<Record<Column, number>> = { task: 24, phase: 28, ci: 16 };

/** With less a text says nothing. */
const LEAST_TEXT = 12;

/** Of what is left for texts, the title takes at most this share. */
const TITLE_SHARE = 0.4;

export const GAP = 2;

export interface PlacedColumn {
  readonly column: Column;
  readonly width: number;
}

/** Chooses which columns of a table fit into a width, and how wide each is, from left to right. Pure. */
export function placeColumns(rows: readonly Cells[], width: number): PlacedColumn[] {
  const natural = (column: Column) => {
    const widest = rows.reduce((most, cells) => Math.max(most, displayWidth(cells[column])), HEADINGS[column].length);
    return Math.min(widest, MOST[column] ?? widest);
  };
  const isEmpty = (column: Column) => !BASIC.has(column) && rows.every((cells) => cells[column] === '');
  const widths = new Map<Column, number>();
  let left = width;
  for (const column of IMPORTANCE) {
    const isText = column === 'title' || column === 'line';
    const wanted = isText ? LEAST_TEXT : natural(column);
    const needed = wanted + (widths.size === 0 ? 0 : GAP);
    if (needed > left && widths.size > 0) {
      if (BASIC.has(column)) break;
      continue;
    }
    // One with nothing in it takes no room from what agents say.
    if (isEmpty(column) && left - needed < natural('line') - LEAST_TEXT) continue;
    widths.set(column, Math.min(wanted, left));
    left -= needed;
  }
  shareOut(widths, left, natural);
  return ORDER.flatMap((column) => {
    const placed = widths.get(column);
    return placed === undefined ? [] : [{ column, width: placed }];
  });
}

/** Gives the texts what is left: the title what it takes, but not the last line's part. */
function shareOut(widths: Map<Column, number>, left: number, natural: (column: Column) => number): void {
  const [title, line] = [widths.get('title'), widths.get('line')];
  if (line === undefined) return;
  if (title === undefined) return void widths.set('line', line + Math.max(0, left));
  const room = title + line + Math.max(0, left);
  const share = Math.max(LEAST_TEXT, room - natural('line'), Math.floor(room * TITLE_SHARE));
  const forTitle = Math.min(natural('title'), share, room - LEAST_TEXT);
  widths.set('title', forTitle);
  widths.set('line', room - forTitle);
}
