import type { Foot } from '@ralph/protocol/cli/output';
import { printable } from '@ralph/protocol/cli/printable';
import { drawing, erasing, redrawing, type Drawn } from './drawing.ts';
import type { FrameSize } from './frame.ts';
import type { TerminalWriter } from './terminal-writer.ts';

/** Lines that a terminal does not take are kept up to this length; then the oldest go. */
const MOST_UNITS = 256 * 1024;

const NO_BYTES = new Uint8Array();

const NOTHING: Drawn = { lines: [], columns: 0 };

export interface ScreenParts {
  readonly writer: TerminalWriter;
  readonly size: () => FrameSize;
  /** Whether stderr goes to the same terminal. */
  readonly takesErrors: boolean;
  /** Whether the terminal is ours to draw on: in the background somebody else works there. */
  readonly isOurs: () => boolean;
  /** Called when there are lines to be shown soon, and again while the terminal does not take them. */
  readonly onLines: () => void;
  /** Where lines that were left out can be read. */
  readonly elsewhere: string;
}

/**
 * The foot of a terminal, and the lines that scroll above it, in one write for each change. It never waits and never
 * throws: while the terminal takes nothing, drawings are left out and lines are kept.
 */
export class Screen implements Foot {
  readonly #parts: ScreenParts;
  #drawn = NOTHING;
  #lines: string[] = [];
  #units = 0;
  #leftOut = 0;
  #isClosed = false;

  constructor(parts: ScreenParts) {
    this.#parts = parts;
  }

  above(text: string, stream: 'stdout' | 'stderr'): boolean {
    if (this.#isClosed || this.#parts.writer.isGone || (stream === 'stderr' && !this.#parts.takesErrors)) return false;
    const shown = printable(text);
    this.#lines.push(shown.endsWith('\n') ? shown : `${shown}\n`);
    this.#units += shown.length;
    while (this.#units > MOST_UNITS && this.#lines.length > 1) {
      this.#units -= this.#lines.shift()?.length ?? 0;
      this.#leftOut += 1;
    }
    this.#parts.onLines();
    return true;
  }

  /**
   * Shows the lines that have come, and a frame below them.
   *
   * @param frameOf returns the frame for a size of the terminal
   * @returns whether the terminal has taken it; what it has not taken is shown the next time
   */
  show(frameOf: (size: FrameSize) => readonly string[]): boolean {
    const { writer, size, isOurs } = this.#parts;
    if (this.#isClosed || !writer.isFree()) return false;
    const { columns, rows } = size();
    const lines = isOurs() ? frameOf({ columns, rows }) : [];
    const isSame = this.#lines.length === 0 && columns === this.#drawn.columns;
    const text = isSame
      ? redrawing(this.#drawn.lines, lines)
      : erasing(this.#drawn, columns) + this.#taken() + drawing(lines);
    if (text !== '') writer.write(text);
    this.#drawn = { lines, columns };
    return writer.isFree();
  }

  /** Takes the drawing away for a while, at once. */
  hide(): void {
    const { writer, size } = this.#parts;
    if (this.#isClosed || !writer.isFree()) return;
    writer.write(erasing(this.#drawn, size().columns));
    this.#drawn = NOTHING;
  }

  /** Forgets what is drawn: somebody else has written to the terminal. */
  forget(): void {
    this.#drawn = NOTHING;
  }

  /**
   * Takes the drawing away for good.
   *
   * @returns what the terminal has not taken of it and of the lines, for whoever may wait for it
   */
  close(): Uint8Array {
    const { writer, size } = this.#parts;
    if (this.#isClosed || writer.isGone) return NO_BYTES;
    this.#isClosed = true;
    const text = erasing(this.#drawn, size().columns) + this.#taken();
    if (!writer.isFree()) return writer.isGone ? NO_BYTES : Buffer.concat([writer.close(), Buffer.from(text)]);
    if (text !== '') writer.write(text);
    return writer.close();
  }

  #taken(): string {
    const told = this.#leftOut === 0 ? '' : `… ${this.#leftOut} lines were not shown: see ${this.#parts.elsewhere}\n`;
    const text = told + this.#lines.join('');
    this.#lines = [];
    this.#units = 0;
    this.#leftOut = 0;
    return text;
  }
}
