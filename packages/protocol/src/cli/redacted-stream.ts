import type { SecretRange } from './secret-forms.ts';

export const REDACTED = '[redacted]';

/** A line that is longer is given out in parts. */
const LINE_LIMIT = 64 * 1024;
/** What is held back of such a line: more than any secret has before it is known as one. */
const OVERLAP = 8 * 1024;
const KEY_LINES_LIMIT = 1000;

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[ \t"'\\,]{0,8}\r?\n?$/;
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_LINE =
  /^(?:\s*|\s*[A-Za-z0-9+/=]{1,128}\s*|.{0,24}[A-Za-z0-9+/]{32,1024}={0,2}\W{0,8}|[^A-Za-z]{0,8}(?:Proc-Type|DEK-Info|Comment|Version|Charset|Hash):.*\s*)$/;

/**
 * Takes the secrets out of a text that comes in pieces, wherever they were cut. It holds back the last line while that
 * is not whole, and no more than some 64 KiB of it.
 */
export class RedactedStream {
  readonly #find: (text: string) => readonly SecretRange[];
  #held = '';
  #keyLines: number | undefined;
  #swallowing = false;

  /** @param find returns where a text has secrets, in order and without overlaps */
  constructor(find: (text: string) => readonly SecretRange[]) {
    this.#find = find;
  }

  /** Takes the next piece and returns what can be shown by now. */
  push(text: string): string {
    this.#held += text;
    if (this.#swallowing) this.#swallow();
    const end = this.#held.lastIndexOf('\n') + 1;
    const lines = this.#held.slice(0, end);
    this.#held = this.#held.slice(end);
    const shown = lines === '' ? '' : this.#lines(lines);
    return this.#held.length > LINE_LIMIT ? shown + this.#partOfLine() : shown;
  }

  /** Returns what was held back. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest === '' ? '' : this.#lines(rest);
  }

  /** A secret of such a length goes on to the end of its word. */
  #swallow(): void {
    const end = this.#held.search(/[\s"'`\\]/);
    this.#swallowing = end === -1;
    this.#held = end === -1 ? '' : this.#held.slice(end);
  }

  #lines(text: string): string {
    if (this.#keyLines === undefined && !text.includes('PRIVATE KEY')) return withoutRanges(text, this.#find(text));
    let shown = '';
    for (const line of text.split(/(?<=\n)/)) {
      const rest = this.#afterKey(line);
      shown += withoutRanges(rest, this.#find(rest));
      if (KEY_BEGIN.test(rest.slice(-120))) this.#keyLines = 0;
    }
    return shown;
  }

  /** Returns what a line has that is not part of the private key we are in. */
  #afterKey(line: string): string {
    if (this.#keyLines === undefined) return line;
    this.#keyLines += 1;
    const end = KEY_END.exec(line);
    if (end === null && this.#keyLines <= KEY_LINES_LIMIT && KEY_LINE.test(line)) return '';
    this.#keyLines = undefined;
    if (end === null) return line;
    const rest = line.slice(end.index + end[0].length);
    return rest.trim() === '' ? '' : rest;
  }

  #partOfLine(): string {
    const text = this.#held;
    const ranges = this.#find(text);
    let cut = text.length - OVERLAP;
    const across = ranges.find(({ from, end }) => from < cut && end > cut);
    if (across !== undefined && across.end === text.length && across.from === 0) {
      this.#swallowing = true;
      this.#held = '';
      return withoutRanges(text, ranges);
    }
    if (across !== undefined) cut = across.end < text.length ? across.end : across.from;
    this.#held = text.slice(cut);
    const before = ranges.filter(({ end }) => end <= cut);
    return withoutRanges(text.slice(0, cut), before);
  }
}

function withoutRanges(text: string, ranges: readonly SecretRange[]): string {
  if (ranges.length === 0) return text;
  let shown = '';
  let position = 0;
  for (const { start, end } of ranges) {
    shown += text.slice(position, start) + REDACTED;
    position = end;
  }
  return shown + text.slice(position);
}
