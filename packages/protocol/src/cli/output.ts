import type { EventFields, EventType, AnyEvent } from '../contract/events.ts';
import { BoundedWait } from './bounded-wait.ts';
import { eventText } from './event-text.ts';

export type Format = 'ndjson' | 'json' | 'table';

export interface OutputOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Called once when stdout takes no more: its reader has gone away (EPIPE), or there was an error. */
  readonly onClosed: (errno: string) => void;
  /** Aborted when the program is to end: from then on a reader that does not read is not waited for. */
  readonly stop?: AbortSignal;
}

/** How long a reader is waited for after the stop. */
const READER_MS = 2000;

const TAKES_MORE = ['drain', 'close', 'error'] as const;

/**
 * The one writer of stdout and stderr. A write to stdout settles when the stream can take more, so that whoever awaits
 * it is slowed down by a slow reader; after the reader has closed, writes do nothing. After a stop a reader is waited
 * for at most 2 s.
 */
export class Output {
  readonly #options: OutputOptions;
  readonly #reader: BoundedWait;
  #closed = false;
  format: Format;
  quiet = false;
  verbose = false;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#reader = new BoundedWait(options.stop, READER_MS);
    this.format = options.stdout.isTTY ? 'table' : 'ndjson';
    options.stdout.on('error', (error: NodeJS.ErrnoException) => this.#close(error.code ?? 'EIO'));
    options.stderr.on('error', () => {});
  }

  /** Writes one event with its envelope; on a terminal, the line of text for it. Returns the event. */
  async event<T extends EventType>(type: T, fields: EventFields<T>): Promise<AnyEvent> {
    const event = { v: 1, type, at: new Date().toISOString(), ...fields } as unknown as AnyEvent;
    await this.#show(event);
    return event;
  }

  /** Passes a line on unchanged; on a terminal, the line of text for it where there is one. */
  async pass(line: { readonly text: string; readonly record: Record<string, unknown> }): Promise<void> {
    if (this.format === 'table') await this.#show(line.record as unknown as AnyEvent);
    else await this.write(`${line.text}\n`);
  }

  /** Writes one record as a line of JSON. */
  record(value: object): Promise<void> {
    return this.write(`${JSON.stringify(value)}\n`);
  }

  /** Writes bytes to stdout; settles when the stream can take more, or at once after it was closed. */
  async write(text: string | Uint8Array): Promise<void> {
    const { stdout } = this.#options;
    if (this.#closed || stdout.write(text)) return;
    let done = () => {};
    const drained = new Promise<void>((resolve) => {
      done = () => {
        for (const event of TAKES_MORE) stdout.off(event, done);
        resolve();
      };
      for (const event of TAKES_MORE) stdout.on(event, done);
    });
    await this.#reader.for(drained);
    done();
  }

  /** Tells a person something, on stderr, unless asked to be quiet. */
  note(text: string): void {
    if (!this.quiet) this.error(text);
  }

  /** Tells a person more, on stderr, when asked to. */
  detail(text: string): void {
    if (this.verbose) this.error(text);
  }

  /** Writes to stderr, whatever was asked. */
  error(text: string): void {
    this.#options.stderr.write(`${text}\n`);
  }

  /**
   * Settles with true when everything that was written has left the process; with false when, after a stop, a reader
   * has not taken it within 2 s.
   */
  async flush(): Promise<boolean> {
    const { stdout, stderr, stop } = this.#options;
    // A file takes a write at once, and tells of an error a turn later.
    const turn = new Promise<void>((resolve) => void setImmediate(resolve));
    const everything = Promise.all([turn, ...[stdout, stderr].map((stream) => flushed(stream))]).then(() => {});
    return new BoundedWait(stop, READER_MS).for(everything);
  }

  async #show(event: AnyEvent): Promise<void> {
    if (this.format !== 'table') return this.record(event);
    const text = eventText(event);
    if (text !== undefined) await this.write(`${text}\n`);
  }

  #close(errno: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onClosed(errno);
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}
