import { rowsTaken } from './frame.ts';

/** What stands at the foot of a terminal now. The cursor is at the beginning of its last line. */
export interface Drawn {
  readonly lines: readonly string[];
  /** Columns of the terminal when it was drawn. */
  readonly columns: number;
}

const ESC = '\u001B[';
const CLEAR_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

/** Some terminals take clearing all from the first row on for a new screen, and keep the old one to be scrolled back to. */
const CLEAR_REST = `${ESC}1B${CLEAR_BELOW}${ESC}1A`;

/**
 * Returns what takes a drawing away and leaves the cursor where its first line began. Terminals wrap the lines anew when
 * they are made narrower, and the cursor goes along.
 *
 * @param columns of the terminal now
 */
export function erasing({ lines, columns: before }: Drawn, columns: number): string {
  if (lines.length === 0) return '';
  const isSame = columns === before;
  const above = lines.slice(0, -1);
  const rows = isSame ? above.length : rowsTaken(above, columns);
  if (rows > 0) return `\r${up(rows)}${CLEAR_LINE}${CLEAR_REST}`;
  const isWrapped = !isSame && rowsTaken(lines, columns) > 1;
  return `\r${isWrapped ? CLEAR_BELOW : CLEAR_LINE}`;
}

/** Returns what draws lines from the cursor on, which is at the beginning of an empty line. */
export function drawing(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\r\n')}\r`;
}

/** Returns what makes of a drawing another one, on a terminal of the same width; only lines that differ are written. */
export function redrawing(before: readonly string[], after: readonly string[]): string {
  if (before.length === 0 || after.length === 0) return erasing({ lines: before, columns: 0 }, 0) + drawing(after);
  let at = before.length - 1;
  let text = '';
  const move = (row: number) => {
    text += row < at ? up(at - row) : down(row - at);
    at = row;
  };
  for (const [row, line] of after.entries()) {
    if (line === before[row]) continue;
    if (row < before.length) move(row);
    else {
      move(row - 1);
      text += '\r\n';
      at = row;
    }
    text += `${line}${CLEAR_LINE}\r`;
  }
  if (after.length < before.length) {
    move(after.length);
    text += CLEAR_BELOW;
  }
  move(after.length - 1);
  // What somebody has typed stands where the cursor was.
  return text === '' ? '' : `\r${text}`;
}

function up(rows: number): string {
  return rows === 0 ? '' : `${ESC}${rows}A`;
}

function down(rows: number): string {
  return rows === 0 ? '' : `${ESC}${rows}B`;
}
