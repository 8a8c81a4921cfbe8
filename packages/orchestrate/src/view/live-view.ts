import { fstatSync } from 'node:fs';
import type { Output } from '@ralph/protocol/cli/output';
import type { Stop } from '@ralph/protocol/cli/stop';
import { ownsTerminal } from '@ralph/protocol/cli/terminal';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { frame, type FrameSize } from './frame.ts';
import { modelAfter, modelWithLine, NOTHING_SEEN, type Model } from './model.ts';
import { Screen } from './screen.ts';
import { TerminalWriter } from './terminal-writer.ts';

/** Not drawn more often than that. */
const FRAME_MS = 200;
/** Lines are shown after this time, all that have come by then at once. */
const LINES_MS = 30;
/** Times go on. */
const SECOND_MS = 1000;
const USUAL_SIZE: FrameSize = { columns: 80, rows: 24 };

export interface LiveParts {
  readonly output: Output;
  readonly stop: Stop;
  /** Returns how many tasks are yet to be started, if that is known. */
  readonly waiting: (model: Model) => number | undefined;
  /** Where all events can be read. */
  readonly log: string;
}

/**
 * Shows at the foot of the terminal what a run is about. Whatever becomes of the terminal, nothing here throws or waits.
 */
export class LiveView {
  readonly #parts: LiveParts;
  readonly #screen: Screen;
  readonly #letGo: () => void;
  #model = NOTHING_SEEN;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #shownAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  private constructor(parts: LiveParts, writer: TerminalWriter) {
    this.#parts = parts;
    this.#screen = new Screen({
      writer,
      size: terminalSize,
      takesErrors: isSameTerminal(1, 2),
      isOurs: ownsTerminal,
      onLines: () => this.#showIn(LINES_MS),
      elsewhere: parts.log,
    });
    this.#letGo = this.#listen();
    parts.output.foot = this.#screen;
    this.#showIn(0);
  }

  /** Begins to show; nothing where the terminal cannot be opened. */
  static open(parts: LiveParts): LiveView | undefined {
    const writer = TerminalWriter.open(1);
    return writer === undefined ? undefined : new LiveView(parts, writer);
  }

  get model(): Model {
    return this.#model;
  }

  /** Takes an event in. */
  take(event: AnyEvent): void {
    this.#change(() => modelAfter(this.#model, event));
  }

  /** Takes in what the agent of a task has said last. */
  said(id: string, line: string): void {
    this.#change(() => modelWithLine(this.#model, id, line));
  }

  /** Has it drawn again, for something besides the events. */
  refresh(): void {
    this.#showIn(this.#untilFrame());
  }

  /** Takes everything away; from then on lines are written as ever. Whoever calls it may have to wait for the terminal. */
  async close(): Promise<void> {
    const rest = this.#end();
    if (rest.length > 0) await this.#parts.output.write(rest);
  }

  #end(): Uint8Array {
    if (this.#isClosed) return new Uint8Array();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#letGo();
    this.#parts.output.foot = undefined;
    return this.#screen.close();
  }

  #change(next: () => Model): void {
    if (this.#isClosed) return;
    try {
      const model = next();
      if (model === this.#model) return;
      this.#model = model;
      this.refresh();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #untilFrame(): number {
    return Math.max(0, this.#shownAt + FRAME_MS - performance.now());
  }

  #showIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#isClosed || at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    // By way of `setImmediate`: a process that goes on after it was stopped comes to its timers before it hears of that.
    this.#timer = setTimeout(() => setImmediate(() => this.#show()), ms);
    this.#timer.unref();
  }

  #show(): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#shownAt = performance.now();
    try {
      const now = Date.now();
      const waiting = this.#parts.waiting(this.#model);
      const isTaken = this.#screen.show((size) => frame(this.#model, { ...size, now, waiting }));
      this.#showIn(isTaken ? SECOND_MS - (now % SECOND_MS) : FRAME_MS);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** The run goes on without being watched. */
  #giveUp(error: unknown): void {
    void this.close().then(() => this.#parts.output.detail(`the table is given up: ${String(error)}`));
  }

  #listen(): () => void {
    const resized = () => this.#showIn(LINES_MS);
    const stopped = () => {
      this.#screen.hide();
      // As if nobody listened: the kernel knows whether somebody is there who could continue us.
      process.off('SIGTSTP', stopped);
      process.kill(process.pid, 'SIGTSTP');
      setImmediate(() => {
        if (!this.#isClosed) process.on('SIGTSTP', stopped);
        this.#showIn(0);
      });
    };
    const continued = () => {
      // Comes before the next frame, and changes nothing when `hide` has taken everything away.
      this.#screen.forget();
      this.#showIn(0);
    };
    const ends = () => void this.#end();
    process.on('SIGWINCH', resized).on('SIGTSTP', stopped).on('SIGCONT', continued);
    // What Node says of a bug is to stay on the terminal.
    process.on('uncaughtExceptionMonitor', ends);
    const offForce = this.#parts.stop.onForce(ends);
    return () => {
      process.off('SIGWINCH', resized).off('SIGTSTP', stopped).off('SIGCONT', continued);
      process.off('uncaughtExceptionMonitor', ends);
      offForce();
    };
  }
}

/** Node learns of a new size by a signal, which may come later than the next drawing. */
function terminalSize(): FrameSize {
  const stdout = process.stdout as typeof process.stdout & { readonly _refreshSize?: () => void };
  stdout._refreshSize?.();
  const { columns, rows } = stdout;
  return columns > 0 && rows > 0 ? { columns, rows } : USUAL_SIZE;
}

function isSameTerminal(one: number, other: number): boolean {
  try {
    const [a, b] = [fstatSync(one), fstatSync(other)];
    return a.isCharacterDevice() && b.isCharacterDevice() && a.rdev === b.rdev;
  } catch {
    return false;
  }
}
