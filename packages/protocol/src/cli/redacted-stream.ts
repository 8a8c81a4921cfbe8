import { mayTellOfDropped, tellsOfDropped } from './dropped-output.ts';
import type { SecretRange } from './secret-forms.ts';

export const REDACTED = '[redacted]';

/** A line that is longer is given out in parts. */
const LINE_LIMIT = 64 * 1024;
/** What is held back of such a line: more than any secret has before it is known as one. */
const OVERLAP = 8 * 1024;
const KEY_LINES_LIMIT = 1000;

/** Of a line whose beginning was dropped nobody can tell what it holds; no secret reaches further into it. */
const CUT_MARGIN = 4096;
/** What a private key mostly consists of; its last line may be shorter. */
const KEY_BODY = /^\s*[A-Za-z0-9+/]{60,128}={0,2}\s*$/;
const KEY_LAST = /^\s*[A-Za-z0-9+/]{1,128}={0,2}\s*$/;

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[ \t"'\\,]{0,8}\r?\n?$/;
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_LINE =
  /^(?:\s*|\s*[A-Za-z0-9+/=]{1,128}\s*|.{0,24}[A-Za-z0-9+/]{32,1024}={0,2}\W{0,8}|[^A-Za-z]{0,8}(?:Proc-Type|DEK-Info|Comment|Version|Charset|Hash):[^]*)$/;

/** How a stream tells secrets. */
export interface SecretFinder {
  /** Returns where a text has secrets, in order and without overlaps. */
  find(text: string): readonly SecretRange[];
  /** Returns where that begins at the end of a text which may become a secret; the length where nothing may. */
  begin(text: string): number;
}

/**
 * Takes the secrets out of a text that comes in pieces, wherever they were cut. It holds back the last line while that
 * is not whole, and no more than some 64 KiB of it.
 */
export class RedactedStream {
  readonly #secrets: SecretFinder;
  #held = '';
  /** How much of what is held was shown already, and whether that ends in a secret which was taken out. */
  #shown = { length: 0, inSecret: false };
  #keyLines: number | undefined;
  /** After a place at which output was dropped: whether its line is over, and lines since then that a key may have. */
  #cut: { inLine: boolean; keyLines: number } | undefined;
  #swallowing = false;

  constructor(secrets: SecretFinder) {
    this.#secrets = secrets;
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

  /**
   * Returns what can be shown of a line that is not whole yet, to somebody who waits for it: all but what may be the
   * beginning of a secret.
   */
  early(): string {
    const isPlain = this.#keyLines === undefined && this.#cut === undefined && !this.#swallowing;
    if (!isPlain || this.#held.length === this.#shown.length) return '';
    const ranges = this.#secrets.find(this.#held);
    const begin = this.#secrets.begin(this.#held);
    const end = ranges.find((range) => range.start < begin && range.end > begin)?.start ?? begin;
    if (end <= this.#shown.length) return '';
    const before = ranges.filter((range) => range.end <= end);
    const shown = this.#withoutRanges(this.#held.slice(0, end), before);
    this.#shown = { length: end, inSecret: before.at(-1)?.end === end };
    return shown;
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
    const isPlain = this.#keyLines === undefined && this.#cut === undefined && !text.includes('PRIVATE KEY');
    if (isPlain && !mayTellOfDropped(text)) return this.#withoutRanges(text, this.#secrets.find(text));
    let shown = '';
    for (const line of text.split(/(?<=\n)/)) {
      const rest = this.#afterKey(this.#afterCut(line));
      if (tellsOfDropped(rest)) this.#cut = { inLine: true, keyLines: 0 };
      shown += this.#withoutRanges(rest, this.#secrets.find(rest));
      if (KEY_BEGIN.test(rest.slice(-120))) this.#keyLines = 0;
    }
    return shown;
  }

  /** Returns what can be shown of a line that follows dropped output: of a secret the beginning may be missing. */
  #afterCut(line: string): string {
    const cut = this.#cut;
    if (cut === undefined) return line;
    if (cut.inLine) {
      cut.inLine = false;
      // Its end stays: a text that is looked through twice would lose the next line as well.
      return line.slice(Math.min(CUT_MARGIN, line.endsWith('\n') ? line.length - 1 : line.length));
    }
    if (KEY_BODY.test(line) && cut.keyLines < KEY_LINES_LIMIT) {
      cut.keyLines += 1;
      return cut.keyLines === 1 ? `${REDACTED}\n` : '';
    }
    this.#cut = undefined;
    return cut.keyLines > 0 && KEY_LAST.test(line) ? '' : line;
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
    const text = this.#cut?.inLine === true ? this.#afterCut(this.#held) : this.#held;
    const ranges = this.#secrets.find(text);
    let cut = text.length - OVERLAP;
    const across = ranges.find(({ from, end }) => from < cut && end > cut);
    if (across !== undefined && across.end === text.length && across.from === 0) {
      this.#swallowing = true;
      this.#held = '';
      return this.#withoutRanges(text, ranges);
    }
    if (across !== undefined) cut = across.end < text.length ? across.end : across.from;
    this.#held = text.slice(cut);
    const before = ranges.filter(({ end }) => end <= cut);
    const { length, inSecret } = this.#shown;
    const shown = this.#withoutRanges(text.slice(0, cut), before);
    if (length > cut) this.#shown = { length: length - cut, inSecret };
    return shown;
  }

  /** Of a text that was shown in part it returns the rest. */
  #withoutRanges(text: string, ranges: readonly SecretRange[]): string {
    let { length: position, inSecret } = this.#shown;
    this.#shown = { length: 0, inSecret: false };
    let shown = '';
    for (const { start, end } of ranges) {
      if (end <= position) continue;
      // What has turned out to be one after its beginning was shown is taken out from there on.
      shown += text.slice(position, start) + (start < position && inSecret ? '' : REDACTED);
      position = end;
      inSecret = false;
    }
    return shown + text.slice(position);
  }
}
