import type { EventFields, EventType, AnyEvent } from '../contract/events.ts';
import { BoundedWait } from './bounded-wait.ts';
import { ProgressLine } from './progress-line.ts';
import { eventText } from './event-text.ts';
import { withWords } from './told-words.ts';

export type Format = 'ndjson' | 'json' | 'table';

export interface OutputOptions {
  /** The process. Its streams are made when they are first asked for, which costs a tenth of a start. */
  readonly streams: Pick<NodeJS.Process, 'stdout' | 'stderr'>;
  /** Called once when stdout takes no more: its reader has gone away (EPIPE), or there was an error. */
  readonly onClosed: (errno: string) => void;
  /** Aborted when the program is to end: from then on a reader that does not read is not waited for. */
  readonly stop?: AbortSignal;
}

/** What stands at the foot of the terminal while lines scroll above it. */
export interface Foot {
  /** Takes text that is to stand above it; returns false where it has to be written as ever. Never throws. */
  above(text: string, stream: 'stdout' | 'stderr'): boolean;
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
  #openStdout: NodeJS.WriteStream | undefined;
  #openStderr: NodeJS.WriteStream | undefined;
  readonly #progress = new ProgressLine(() => this.#stderr);
  #closed = false;
  #format: Format | undefined;
  quiet = false;
  verbose = false;
  /** What is done to words of others in events, and to stderr, before anybody sees them: secrets are taken out. */
  redact: ((text: string) => string) | undefined;
  /** Takes over what is written to the terminal as long as it is there. */
  foot: Foot | undefined;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#reader = new BoundedWait(options.stop, READER_MS);
  }

  /** The asked form of stdout; where none was asked for, what suits its reader. */
  get format(): Format {
    this.#format ??= this.onTerminal ? 'table' : 'ndjson';
    return this.#format;
  }

  set format(format: Format) {
    this.#format = format;
  }

  /** Whether a person reads stdout. */
  get onTerminal(): boolean {
    return this.#stdout.isTTY;
  }

  /** Writes one event with its envelope; on a terminal, the line of text for it. Returns the event. */
  async event<T extends EventType>(type: T, fields: EventFields<T>): Promise<AnyEvent> {
    const told = this.redact === undefined ? fields : withWords(fields, this.redact);
    const event = { v: 1, type, at: new Date().toISOString(), ...told } as unknown as AnyEvent;
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
    if (this.#closed || (typeof text === 'string' && this.foot?.above(text, 'stdout') === true)) return;
    const stdout = this.#stdout;
    if (stdout.write(text)) return;
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
    this.#progress.clear();
    const line = `${this.redact?.(text) ?? text}\n`;
    if (this.foot?.above(line, 'stderr') !== true) this.#stderr.write(line);
  }

  /** Whether a person can see `progress`. */
  get isLive(): boolean {
    return !this.quiet && this.#progress.isLive;
  }

  /** Shows how things stand, in a line of the terminal that the next call writes over, and `undefined` takes away. */
  progress(text: string | undefined): void {
    if (text === undefined) this.#progress.clear();
    else if (!this.quiet) this.#progress.show(text);
  }

  /**
   * Settles with true when everything that was written has left the process; with false when, after a stop, a reader
   * has not taken it within 2 s.
   */
  async flush(): Promise<boolean> {
    const open = [this.#openStdout, this.#openStderr].filter((stream) => stream !== undefined);
    if (open.length === 0) return true;
    // A file takes a write at once, and tells of an error a turn later.
    const turn = new Promise<void>((resolve) => void setImmediate(resolve));
    const everything = Promise.all([turn, ...open.map((stream) => flushed(stream))]).then(() => {});
    return new BoundedWait(this.#options.stop, READER_MS).for(everything);
  }

  get #stdout(): NodeJS.WriteStream {
    this.#openStdout ??= this.#options.streams.stdout.on('error', (error: NodeJS.ErrnoException) =>
      this.#close(error.code ?? 'EIO'),
    );
    return this.#openStdout;
  }

  get #stderr(): NodeJS.WriteStream {
    this.#openStderr ??= this.#options.streams.stderr.on('error', () => {});
    return this.#openStderr;
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
