import { tokens } from './figures.ts';
import type { Told } from './told.ts';
import type { LineReader } from './whole-lines.ts';

const HEADER = Buffer.from('OpenAI Codex v');
const USED = Buffer.from('tokens used');
const NEWLINE = 0x0a;

/** Older releases begin each line with the time. */
const STAMP = /^(?:\[[\w:.+-]{1,40}\] )?$/;
const STAMP_BYTES = 48;
const NUMBER = /^(?:: )?(\d{1,16}|\d{1,3}(?:[.,' \u00a0\u202f]\d{3}){1,5})\s{0,4}$/;
const NUMBER_BYTES = 40;

/**
 * Finds what Codex tells a person when it has ended: a line `tokens used` and one with their number. It says so on behalf
 * of Codex only after the header that Codex prints, so that a text with these words counts for nothing.
 */
export class CodexText implements LineReader {
  readonly #found: (told: Told) => void;
  #sessions = 0;
  #awaitsNumber = false;

  constructor(found: (told: Told) => void) {
    this.#found = found;
  }

  take(lines: Buffer): void {
    if (this.#awaitsNumber) this.#number(lines, 0);
    let header = next(lines, HEADER, 0);
    // Most agents are no Codex, and are not searched for what it would say.
    let used = this.#sessions > 0 || header < lines.length ? next(lines, USED, 0) : lines.length;
    while (header < lines.length || used < lines.length) {
      if (header < used) {
        if (beginsLine(lines, header)) this.#sessions += 1;
        header = next(lines, HEADER, header + HEADER.length);
      } else {
        if (beginsLine(lines, used)) this.#statement(lines, used + USED.length);
        used = next(lines, USED, used + USED.length);
      }
    }
  }

  miss(): void {
    this.#awaitsNumber = false;
  }

  #statement(lines: Buffer, from: number): void {
    if (this.#sessions === 0) return;
    const end = endOfLine(lines, from);
    const rest = lines.toString('latin1', from, Math.min(end, from + NUMBER_BYTES));
    if (rest.trimEnd() !== '') return this.#number(lines, from);
    this.#awaitsNumber = true;
    if (end + 1 < lines.length) this.#number(lines, end + 1);
  }

  #number(lines: Buffer, from: number): void {
    this.#awaitsNumber = false;
    const line = lines.toString('utf8', from, Math.min(endOfLine(lines, from), from + NUMBER_BYTES));
    const digits = NUMBER.exec(line)?.[1];
    const unsplit_tokens = digits === undefined ? undefined : tokens(Number(digits.replaceAll(/\D/g, '')));
    if (unsplit_tokens === undefined) return;
    const session = `text ${this.#sessions}`;
    this.#found({ kind: 'used', agent: 'codex', session, counts: 'last', usage: { unsplit_tokens } });
  }
}

/** Returns where some bytes are next; the length where they are not. */
function next(lines: Buffer, what: Buffer, from: number): number {
  const found = lines.indexOf(what, from);
  return found === -1 ? lines.length : found;
}

function beginsLine(lines: Buffer, at: number): boolean {
  const before = lines.subarray(Math.max(0, at - STAMP_BYTES), at);
  const begin = before.lastIndexOf(NEWLINE) + 1;
  if (begin === 0 && at > STAMP_BYTES) return false;
  return STAMP.test(before.toString('latin1', begin));
}

function endOfLine(lines: Buffer, from: number): number {
  const newline = lines.indexOf(NEWLINE, from);
  return newline === -1 ? lines.length : newline;
}
