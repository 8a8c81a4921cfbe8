import { RedactedStream, REDACTED, type SecretFinder } from './redacted-stream.ts';
import { beginOfForm, secretForms, type SecretRange } from './secret-forms.ts';

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
    const { shown, stream } = this.#push(text);
    return shown + stream.end();
  }

  /** Returns the same of a text that will go on, without what may be the beginning of a secret at its end. */
  textSoFar(text: string): string {
    const { shown, stream } = this.#push(text);
    return shown + stream.early();
  }

  #push(text: string): { readonly shown: string; readonly stream: RedactedStream } {
    const stream = new RedactedStream(this.#finder((value) => value));
    const whole = text.includes('PRIVATE KEY') ? text.replace(CUT_KEY, REDACTED) : text;
    return { shown: stream.push(whole), stream };
  }

  /** Returns what does the same to bytes that come in pieces, each byte as a character (`latin1`). */
  stream(): RedactedStream {
    return new RedactedStream(this.#finder((value) => Buffer.from(value).toString('latin1')));
  }

  /** Values may be learnt while a stream is under way. */
  #finder(form: (value: string) => string): SecretFinder {
    let values: readonly string[] = [];
    const known = () => {
      if (values.length < this.#values.size) values = [...this.#values].map(form);
      return values;
    };
    return {
      find: (text) => this.#secrets(text, known()),
      begin: (text) => Math.min(beginOfForm(text), ...known().map((value) => beginOfValue(text, value))),
    };
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

/** Fewer characters of a value are the end of many a word. */
const LEAST = 3;

/** What repeats its own beginning is tried so often before it is searched in one go. */
const MOST_TRIES = 20;

/** Returns where the beginning of a value stands at the end of a text; the length where it does not. */
function beginOfValue(text: string, value: string): number {
  const from = Math.max(0, text.length - value.length + 1);
  const head = value.slice(0, LEAST);
  let tries = 0;
  for (let at = text.indexOf(head, from); at !== -1; at = text.indexOf(head, at + 1)) {
    if (value.startsWith(text.slice(at))) return at;
    tries += 1;
    if (tries === MOST_TRIES) return text.length - beginningAtEnd(value, text.slice(at + 1));
  }
  return text.length;
}

/** Returns the length of the longest beginning of a value that a text ends with, in time that grows with both. */
function beginningAtEnd(value: string, text: string): number {
  // After Knuth, Morris and Pratt: how long the beginning is that each beginning of the value ends with itself.
  const own = [0];
  const next = (length: number, unit: number) => {
    let known = length;
    while (known > 0 && value.charCodeAt(known) !== unit) known = own[known - 1] ?? 0;
    return value.charCodeAt(known) === unit ? known + 1 : 0;
  };
  for (let at = 1; at < value.length; at += 1) own.push(next(own[at - 1] ?? 0, value.charCodeAt(at)));
  let length = 0;
  for (let at = 0; at < text.length; at += 1) length = next(length, text.charCodeAt(at));
  return length >= LEAST ? length : 0;
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
