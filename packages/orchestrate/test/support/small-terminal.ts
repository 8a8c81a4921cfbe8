import { displayWidth } from '../../src/view/cell-text.ts';

interface Line {
  text: string;
  /** Whether it goes on in the next row, since the terminal was too narrow for it. */
  wraps: boolean;
}

/**
 * A terminal that understands what a drawing is made of and nothing else: text, CR, LF, cursor up and down, clearing to
 * the end of the line and of the screen. Made narrower or wider it wraps its lines anew, as most do.
 */
export class SmallTerminal {
  columns: number;
  readonly rows: number;
  #lines: Line[] = [{ text: '', wraps: false }];
  #row = 0;
  #column = 0;
  /** Rows that have gone off the top. */
  #scrolled: string[] = [];
  /** What was written that it does not understand. */
  readonly strange: string[] = [];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** Everything that was ever shown and not taken away, without empty rows at the end. */
  get all(): string[] {
    const shown = [...this.#scrolled, ...this.#lines.map(({ text }) => text.trimEnd())];
    while (shown.at(-1) === '') shown.pop();
    return shown;
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row + this.#scrolled.length, column: this.#column };
  }

  write(text: string): void {
    // eslint-disable-next-line no-control-regex
    for (const [token] of text.matchAll(/\u001b\[(\d*)([A-Z])|[\s\S]/gu)) this.#take(token);
  }

  resize(columns: number): void {
    const joined: { text: string; row: number | undefined }[] = [];
    let isOpen = false;
    for (const [row, line] of this.#lines.entries()) {
      const at = row === this.#row ? joined.length - (isOpen ? 1 : 0) : undefined;
      if (isOpen)
        joined[joined.length - 1] = {
          ...(joined.at(-1) ?? { row: undefined }),
          text: `${joined.at(-1)?.text ?? ''}${line.text}`,
        };
      else joined.push({ text: line.text, row: undefined });
      if (at !== undefined) joined[at] = { text: joined[at]?.text ?? '', row };
      isOpen = line.wraps;
    }
    this.columns = columns;
    this.#lines = [];
    for (const { text, row } of joined) {
      if (row !== undefined) this.#row = this.#lines.length;
      const pieces = wrapped(text.trimEnd(), columns);
      for (const [index, piece] of pieces.entries())
        this.#lines.push({ text: piece, wraps: index < pieces.length - 1 });
    }
    this.#scroll();
  }

  #take(token: string): void {
    // eslint-disable-next-line no-control-regex
    const [, count = '', kind = ''] = /^\u001b\[(\d*)([A-Z])$/u.exec(token) ?? [];
    const by = count === '' ? 1 : Number(count);
    if (kind === 'A') this.#row = Math.max(0, this.#row - by);
    else if (kind === 'B') this.#row = Math.min(this.#lines.length - 1, this.#row + by);
    else if (kind === 'K' && count === '') this.#put(cutAt(this.#line.text, this.#column));
    else if (kind === 'J' && count === '') {
      // As tmux does: what a whole screen held can be scrolled back to.
      if (this.#row === 0 && this.#column === 0) this.#scrolled.push(...this.#lines.map(({ text }) => text.trimEnd()));
      this.#put(cutAt(this.#line.text, this.#column));
      this.#lines.length = this.#row + 1;
    } else if (token === '\r') this.#column = 0;
    else if (token === '\n') this.#feed(false);
    else if (kind !== '' || /\p{C}/u.test(token)) this.strange.push(token);
    else this.#print(token);
  }

  #print(character: string): void {
    const width = displayWidth(character);
    if (this.#column + width > this.columns) {
      this.#feed(true);
      this.#column = 0;
    }
    const { text } = this.#line;
    const end = displayWidth(text);
    if (this.#column >= end) this.#put(text + ' '.repeat(this.#column - end) + character);
    else this.#put(cutAt(text, this.#column) + character + restFrom(text, this.#column + width));
    this.#column += width;
  }

  #feed(wraps: boolean): void {
    this.#line.wraps = wraps;
    this.#row += 1;
    if (this.#row === this.#lines.length) this.#lines.push({ text: '', wraps: false });
    this.#scroll();
  }

  #scroll(): void {
    while (this.#lines.length > this.rows && this.#row > 0) {
      this.#scrolled.push(this.#lines.shift()?.text.trimEnd() ?? '');
      this.#row -= 1;
    }
  }

  get #line(): Line {
    return this.#lines[this.#row] ?? { text: '', wraps: false };
  }

  #put(text: string): void {
    this.#lines[this.#row] = { text, wraps: false };
  }
}

function cutAt(text: string, column: number): string {
  let kept = '';
  for (const character of text) {
    if (displayWidth(kept + character) > column) break;
    kept += character;
  }
  return kept;
}

function restFrom(text: string, column: number): string {
  let rest = text;
  while (rest !== '' && displayWidth(text) - displayWidth(rest) < column) rest = rest.slice([...rest][0]?.length ?? 1);
  return rest;
}

function wrapped(text: string, columns: number): string[] {
  const pieces = [''];
  for (const character of text) {
    const last = pieces.at(-1) ?? '';
    if (displayWidth(last + character) > columns) pieces.push(character);
    else pieces[pieces.length - 1] = last + character;
  }
  return pieces;
}
