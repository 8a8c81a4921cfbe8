import { badLine } from '../contract/bad-line.ts';
import { Failure } from '../contract/failure.ts';
import { heavyJson } from '../contract/light-json.ts';

/** A longer line is refused, so that a stream without newlines cannot fill our memory. */
export const LINE_LIMIT_BYTES = 16 * 1024 * 1024;

/** A line of more values is refused: as objects they would take many times the memory of their line. */
export const LINE_LIMIT_VALUES = 200_000;

export interface InputLine {
  /** Counted from 1, empty lines included. */
  readonly number: number;
  /** The line as it came, without its newline: what is passed through unchanged. */
  readonly text: string;
  readonly record: Record<string, unknown>;
}

export interface InputOptions {
  readonly stream: NodeJS.ReadableStream & { destroy(): unknown };
  readonly signal: AbortSignal;
  /** How long reading goes on after the signal, for what those before us in a pipe still tell (default: not at all). */
  readonly lingerMs?: number;
  /** Called at the end of the stream when no `{"type":"end"}` line came before it. */
  readonly onLeashEnd?: () => void;
}

const NEWLINE = 0x0a;

/** The NDJSON on stdin, strictly read. It is not touched before `lines` or `drain` is called. */
export class Input {
  readonly #options: InputOptions;

  constructor(options: InputOptions) {
    this.#options = options;
  }

  /**
   * Yields one record per line; empty lines are passed over. Reading waits for the consumer, so that a full pipe slows
   * the writer down. An `end` line ends it; so does the abort signal.
   *
   * @throws Failure `bad_line` or `line_too_long` with the number of the line.
   */
  async *lines(): AsyncGenerator<InputLine> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let number = 0;
    for await (const bytes of this.#rawLines()) {
      number += 1;
      const text = decode(decoder, bytes, number);
      if (text.trim() === '') continue;
      const record = parseRecord(text, number);
      if (record['type'] === 'end') return;
      yield { number, text, record };
    }
    if (!this.#options.signal.aborted) this.#options.onLeashEnd?.();
  }

  /** Reads to the end and throws everything away; for commands whose stdin is only a lifeline. */
  async drain(): Promise<void> {
    for await (const line of this.lines()) void line;
  }

  async *#rawLines(): AsyncGenerator<Buffer> {
    const { stream, signal, lingerMs = 0 } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      timer = setTimeout(() => stream.destroy(), lingerMs);
    };
    if (signal.aborted) {
      if (lingerMs === 0) return;
      onAbort();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    let pending: Buffer[] = [];
    let size = 0;
    let count = 0;
    try {
      for await (const chunk of stream) {
        let rest = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
        for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
          count += 1;
          yield Buffer.concat([...pending, rest.subarray(0, end)]);
          pending = [];
          size = 0;
          rest = rest.subarray(end + 1);
        }
        size += rest.length;
        if (size > LINE_LIMIT_BYTES) throw tooLong(count + 1);
        if (rest.length > 0) pending.push(rest);
      }
      if (size > 0) yield Buffer.concat(pending);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
    }
  }
}

function decode(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer, number: number): string {
  if (bytes.length > LINE_LIMIT_BYTES) throw tooLong(number);
  try {
    return decoder.decode(bytes).replace(/\r$/, '');
  } catch {
    throw badLine(number, 'not valid UTF-8');
  }
}

function parseRecord(text: string, number: number): Record<string, unknown> {
  const heavy = heavyJson(text, LINE_LIMIT_VALUES);
  if (heavy !== undefined) throw badLine(number, heavy);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badLine(number, `not valid JSON: ${JSON.stringify(text.slice(0, 60))}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badLine(number, 'not a JSON object');
  return value as Record<string, unknown>;
}

function tooLong(number: number): Failure {
  return new Failure('line_too_long', `line ${number} of stdin is longer than ${LINE_LIMIT_BYTES} bytes`, {
    hint: 'pass large texts by path, not in the line',
    details: { line: number },
  });
}
