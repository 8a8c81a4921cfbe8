import type { EventFields, EventType, AnyEvent } from '../contract/events.ts';
import { eventText } from './event-text.ts';

export type Format = 'ndjson' | 'json' | 'table';

export interface OutputOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Called once when the reader of stdout has gone away. */
  readonly onClosed: () => void;
}

/**
 * The one writer of stdout and stderr. A write to stdout settles when the stream can take more, so that whoever awaits
 * it is slowed down by a slow reader; after the reader has closed, writes do nothing.
 */
export class Output {
  readonly #options: OutputOptions;
  #closed = false;
  format: Format;
  quiet = false;
  verbose = false;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.format = options.stdout.isTTY ? 'table' : 'ndjson';
    options.stdout.on('error', () => this.#close());
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
  write(text: string | Uint8Array): Promise<void> {
    const { stdout } = this.#options;
    if (this.#closed || stdout.write(text)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        stdout.off('drain', done);
        stdout.off('close', done);
        stdout.off('error', done);
        resolve();
      };
      stdout.on('drain', done);
      stdout.on('close', done);
      stdout.on('error', done);
    });
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

  /** Settles when everything that was written has left the process. */
  async flush(): Promise<void> {
    const { stdout, stderr } = this.#options;
    await Promise.all([stdout, stderr].map((stream) => flushed(stream)));
  }

  async #show(event: AnyEvent): Promise<void> {
    if (this.format !== 'table') return this.record(event);
    const text = eventText(event);
    if (text !== undefined) await this.write(`${text}\n`);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.onClosed();
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}
