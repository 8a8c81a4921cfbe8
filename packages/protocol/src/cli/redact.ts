import { RedactedStream, REDACTED } from './redacted-stream.ts';
import { secretForms, type SecretRange } from './secret-forms.ts';

/** Values beyond this are not looked for, so that no file can make us slow. */
const VALUES_LIMIT = 5000;
const VALUE_LENGTH_LIMIT = 4096;

/** The end of a private key whose beginning was cut off. */
const CUT_KEY = /^(?:[A-Za-z0-9+/=]{0,128}\r?\n){1,400}-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/**
 * Takes secrets out of what is shown: what looks like one, and values that were learnt. Commit ids, paths and UUIDs stay.
 * The work grows with the length of a text, whatever it holds.
 */
export class Redaction {
  readonly #values = new Set<string>();

  /** Adds values that are to be taken out wherever they occur. */
  learn(values: Iterable<string>): void {
    for (const value of values) {
      if (this.#values.size >= VALUES_LIMIT) return;
      if (value !== '' && value.length <= VALUE_LENGTH_LIMIT) this.#values.add(value);
    }
  }

  /** Returns a text with `[redacted]` in the place of each secret. */
  text(text: string): string {
    const stream = new RedactedStream((part) => this.#secrets(part, [...this.#values]));
    const whole = text.includes('PRIVATE KEY') ? text.replace(CUT_KEY, REDACTED) : text;
    return stream.push(whole) + stream.end();
  }

  /** Returns what does the same to bytes that come in pieces, each byte as a character (`latin1`). */
  stream(): RedactedStream {
    const values = [...this.#values].map((value) => Buffer.from(value).toString('latin1'));
    return new RedactedStream((part) => this.#secrets(part, values));
  }

  #secrets(text: string, values: readonly string[]): SecretRange[] {
    const found = secretForms(text);
    for (const value of values) {
      for (let start = text.indexOf(value); start !== -1; start = text.indexOf(value, start + value.length))
        found.push({ from: start, start, end: start + value.length });
    }
    return merged(found);
  }
}

function merged(found: SecretRange[]): SecretRange[] {
  const ranges: SecretRange[] = [];
  for (const next of found.toSorted((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    if (last === undefined || next.start >= last.end) ranges.push(next);
    else
      ranges[ranges.length - 1] = {
        from: Math.min(last.from, next.from),
        start: last.start,
        end: Math.max(last.end, next.end),
      };
  }
  return ranges;
}
