import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { asIoFailure, Failure, isFailure } from '../contract/failure.ts';
import { failureText } from '../cli/failure-text.ts';
import { Input, type InputLine } from '../cli/input.ts';
import { siblingEnvironment } from './environment.ts';
import { siblingCommand, type SiblingName } from './sibling-command.ts';
import { isErrorLine, toldFailure } from './sibling-failure.ts';

export type { SiblingName };

/** Lines are held back this long: the last ones may tell the failure, which its caller tells in words of its own. */
const HOLD_MS = 50;

export interface SiblingEnd {
  readonly exitCode: number;
  /** The last line of stderr that was an error record, or plain words. */
  readonly failure: Failure | undefined;
}

export interface SiblingOptions {
  /** Descriptors of ours that it gets too, from 3 on. */
  readonly inherits?: readonly number[];
}

export interface CallOptions extends SiblingOptions {
  /** Records for its stdin. */
  readonly records?: readonly object[];
  /** On abort it is told to end, and its end is waited for: for one that ends in order on SIGTERM. */
  readonly signal?: AbortSignal;
}

/** A sibling that runs beside us: lines go in, lines come out. */
export class Sibling {
  readonly name: SiblingName;
  readonly ended: Promise<SiblingEnd>;
  /** Nothing when it could not be started. */
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  readonly #onNote: (line: string) => void;
  readonly #notes: string[] = [];
  #held: string[] = [];
  #isEnding = false;
  #draining: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param onNote gets each line of the sibling's stderr, but not how it tells the failure that it ends with
   */
  constructor(
    name: SiblingName,
    args: readonly string[],
    onNote: (line: string) => void = () => {},
    { inherits = [] }: SiblingOptions = {},
  ) {
    this.name = name;
    this.#onNote = onNote;
    try {
      const [program = '', ...rest] = siblingCommand(name);
      // A group of its own: the Ctrl-C of a terminal must reach the orchestrator alone, which ends us in order.
      this.#child = spawn(program, [...rest, ...args], {
        stdio: ['pipe', 'pipe', 'pipe', ...inherits],
        detached: true,
        env: siblingEnvironment(),
      }) as ChildProcessByStdio<Writable, Readable, Readable>;
    } catch (error) {
      this.ended = Promise.resolve(notStarted(name, error));
      return;
    }
    this.#child.stdin.on('error', () => {});
    this.ended = this.#waitForEnd(this.#child);
  }

  /** Writes records, in one piece; settles when the pipe can take more. */
  async send(...records: readonly object[]): Promise<void> {
    const stdin = this.#child?.stdin;
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    if (stdin === undefined || stdin.destroyed || stdin.write(lines)) return;
    await this.#drained(stdin);
  }

  /** All that wait for the pipe wait for the same: to wait for `ended` each time would hold every one of them for ever. */
  #drained(stdin: Writable): Promise<void> {
    this.#draining ??= new Promise<void>((resolve) => {
      const settle = () => {
        stdin.off('drain', settle).off('close', settle);
        this.#draining = undefined;
        resolve();
      };
      stdin.on('drain', settle).on('close', settle);
    });
    return this.#draining;
  }

  /** Says that no more lines come. */
  end(): void {
    const stdin = this.#child?.stdin;
    if (stdin?.writableEnded === false) stdin.end('{"type":"end"}\n');
  }

  /** Closes stdin without the `end` line: a sibling on a leash aborts. */
  drop(): void {
    this.#child?.stdin.destroy();
  }

  /** Yields the records of its stdout until it closes. */
  lines(): AsyncGenerator<InputLine> {
    const stream = this.#child?.stdout ?? Readable.from([]);
    return new Input({ stream, signal: new AbortController().signal }).lines();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  #waitForEnd(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<SiblingEnd> {
    let pending = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) this.#note(line);
    });
    return new Promise((resolve) => {
      child.on('error', (error) => resolve(notStarted(this.name, error)));
      child.on('close', (code, signal) => {
        if (pending !== '') this.#note(pending);
        const exitCode = code ?? 128;
        const failure = exitCode === 0 ? undefined : this.#failure(exitCode, signal);
        this.#passNotes(failure);
        resolve({ exitCode, failure });
      });
    });
  }

  #note(line: string): void {
    this.#notes.push(line);
    if (this.#notes.length > 20) this.#notes.shift();
    if (isErrorLine(line)) {
      // It is about to end: what it has said last is looked at then.
      clearTimeout(this.#timer);
      this.#isEnding = true;
      return;
    }
    this.#held.push(line);
    if (!this.#isEnding) this.#timer ??= setTimeout(() => this.#passNotes(undefined), HOLD_MS);
  }

  #passNotes(failure: Failure | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = failure === undefined ? [] : failureText(this.name, failure).split('\n');
    for (const line of this.#held) if (!told.includes(line)) this.#onNote(line);
    this.#held = [];
  }

  #failure(exitCode: number, signal: NodeJS.Signals | null): Failure {
    const told = toldFailure(this.#notes);
    if (told !== undefined) return told;
    const how = signal === null ? `status ${exitCode}` : signal;
    const words = this.#notes.length === 0 ? 'it said nothing' : this.#notes.slice(-3).join(' / ');
    return new Failure('sibling_failed', `${this.name} ended with ${how}: ${words}`, {
      hint: 'run the same again: what was begun is taken up',
    });
  }
}

/** What could not be started has ended as one that could not read or write. */
function notStarted(name: SiblingName, error: unknown): SiblingEnd {
  const io = asIoFailure(error, `start ${name}`);
  const failure = isFailure(io) ? io : new Failure('internal', String(error), { cause: error });
  return { exitCode: failure.exit, failure };
}

/**
 * Runs a sibling to its end and returns the records it printed.
 *
 * @throws Failure the sibling's own, with its status; `cancelled` when it was told to end
 */
export async function callSibling(
  name: SiblingName,
  args: readonly string[],
  onNote?: (line: string) => void,
  options: CallOptions = {},
): Promise<Record<string, unknown>[]> {
  const sibling = new Sibling(name, args, onNote, options);
  for (const record of options.records ?? []) await sibling.send(record);
  sibling.end();
  const { signal } = options;
  const giveUp = () => sibling.kill('SIGTERM');
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  const records: Record<string, unknown>[] = [];
  try {
    for await (const line of sibling.lines()) records.push(line.record);
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
  const { failure } = await sibling.ended;
  if (signal?.aborted === true) throw new Failure('cancelled', `${name} was told to end`);
  if (failure !== undefined) throw failure;
  return records;
}
