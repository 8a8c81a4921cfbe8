import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { writeCursor, type Cursor } from './cursor.ts';
import { deliverInTime } from './deliver-in-time.ts';
import type { Surroundings } from './deliver.ts';
import { stepAfter, type Delivery } from './delivery.ts';
import { LogReader } from './log-reader.ts';
import { eventIn, messageOf, type Message } from './message.ts';
import { wants, type Target } from './target.ts';

/** Events that are given up are told one by one up to here; the end of a run tells how many there were. */
const MOST_NOTES = 3;

export interface CourierParts {
  readonly target: Target;
  readonly cursor: Cursor;
  readonly cursorPath: string;
  readonly logPath: string;
  readonly repository: string;
  readonly around: Surroundings;
  /** Tells a person something. */
  readonly note: (text: string) => void;
  /** Tells a person more, who has asked for it. */
  readonly detail: (text: string) => void;
}

/** What became of events in one go. */
export interface Tally {
  sent: number;
  given_up: number;
  skipped: number;
}

/**
 * Tells one target of events, one after the other in the order of the log. What it has told is written down after each
 * delivery, so that whoever comes after it goes on from there: an event may be told twice, never left out.
 */
export class Courier {
  readonly tally: Tally = { sent: 0, given_up: 0, skipped: 0 };
  readonly #parts: CourierParts;
  readonly #reader: LogReader;
  #cursor: Cursor;
  #saved: string;
  #isClosing = false;
  #hasNews = false;
  #wake = () => {};
  #hasGap = false;
  #isFailing = false;
  #cannotSave = false;

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#cursor = parts.cursor;
    this.#saved = placeText(parts.cursor);
    this.#reader = new LogReader(parts.logPath, parts.cursor.place);
  }

  get target(): Target {
    return this.#parts.target;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /** To be called when the log has grown. */
  told(): void {
    this.#hasNews = true;
    this.#wake();
  }

  /** Has it come to an end: what is there is told once more, and nothing that fails is waited for. */
  close(): void {
    this.#isClosing = true;
    this.#wake();
  }

  /** Tells until it is closed, or until the signal cuts it off. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = () => this.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted && (await this.#step(signal)));
    } catch (error) {
      this.#note(
        `events wait, since the log cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.#save();
      await this.#reader.close().catch(() => {});
    }
  }

  /** Takes one line on; returns whether to go on. */
  async #step(signal: AbortSignal): Promise<boolean> {
    this.#hasNews = false;
    const read = await this.#reader.next();
    if (read === undefined) return this.#rest();
    if (read.kind === 'gap') {
      this.#hasGap = true;
      // What follows may be of another run, which it need not name.
      this.#cursor = { ...this.#cursor, runId: undefined, tries: undefined };
      return true;
    }
    const found = eventIn(read.text);
    if (found === undefined) {
      this.#cursor = { ...this.#cursor, place: this.#reader.place, tries: undefined };
      return true;
    }
    const { target, repository } = this.#parts;
    const { type, at, run_id: run } = found.event;
    const runId = typeof run === 'string' ? run : this.#cursor.runId;
    this.#tellGap(String(at));
    const isWanted = wants(target, String(type));
    if (isWanted && !(await this.#bring(messageOf(found, { runId, repository }), signal))) return false;
    this.#cursor = { ...this.#cursor, runId, at: String(at), place: this.#reader.place, tries: undefined };
    // What was passed over is written down with the next delivery, or in the end.
    if (isWanted) await this.#save();
    return true;
  }

  /** At the end of the log: what came while it was looked at is there to be read, also when it is to come to an end. */
  async #rest(): Promise<boolean> {
    if (this.#hasNews) return true;
    if (this.#isClosing) return false;
    await this.#woken();
    return true;
  }

  /** Tells of one event until it is taken or given up; returns whether it is off the list. */
  async #bring(message: Message, signal: AbortSignal): Promise<boolean> {
    const { target, around } = this.#parts;
    for (let tries = 1; ; tries += 1) {
      const wasClosing = this.#isClosing;
      const delivery = await deliverInTime(target, message, around, signal);
      const ageMs = Date.now() - Date.parse(message.at);
      const step = stepAfter(delivery, { tries: this.#triesOf(delivery, tries), ageMs }, Math.random());
      this.#tellOutcome(message, delivery, step.step === 'next' ? step.count : undefined);
      if (step.step === 'next') {
        this.#count(step.count);
        return true;
      }
      if (step.step === 'stop' || wasClosing || signal.aborted) return false;
      await this.#save();
      await this.#woken(step.afterMs);
    }
  }

  /** Failures that nobody knows the end of are counted across processes, since each of these may try but once. */
  #triesOf({ kind }: Delivery, tries: number): number {
    if (kind !== 'failed') return tries;
    const failures = (this.#cursor.tries ?? 0) + 1;
    this.#cursor = { ...this.#cursor, tries: failures };
    return failures;
  }

  #count(count: keyof Tally): void {
    this.tally[count] += 1;
    const { sent, givenUp } = this.#cursor;
    if (count === 'sent') this.#cursor = { ...this.#cursor, sent: sent + 1, error: undefined };
    if (count === 'given_up') this.#cursor = { ...this.#cursor, givenUp: givenUp + 1 };
  }

  /** Each row of failures is told once, and what is given up is never passed over in silence. */
  #tellOutcome({ id, type }: Message, delivery: Delivery, count: keyof Tally | undefined): void {
    const { words } = delivery;
    this.#parts.detail(`notifications: ${this.target.id}: ${type} ${id}: ${words}`);
    if (count === 'sent') {
      if (this.#isFailing) this.#note('takes events again');
      this.#isFailing = false;
      return;
    }
    if (count === 'skipped') return;
    this.#cursor = { ...this.#cursor, error: { at: new Date().toISOString(), words } };
    if (count === 'given_up' && this.tally.given_up < MOST_NOTES) this.#note(`${type} (${id}) was given up: ${words}`);
    if (count === 'given_up') return;
    if (!this.#isFailing && !this.#isClosing && delivery.kind !== 'cut') this.#note(`${words}; it is tried again`);
    this.#isFailing ||= delivery.kind !== 'cut';
  }

  #tellGap(next: string): void {
    if (!this.#hasGap) return;
    this.#hasGap = false;
    const since = this.#cursor.at ?? 'its beginning';
    this.#note(
      `the log of events has no place any more for what was to be told: what happened from ${since} to ${next} is not sent`,
    );
  }

  async #save(): Promise<void> {
    const text = placeText(this.#cursor);
    if (text === this.#saved) return;
    try {
      await writeCursor(this.#parts.cursorPath, this.#cursor);
      this.#saved = text;
      this.#cannotSave = false;
    } catch (error) {
      if (!this.#cannotSave) this.#note(`cannot write down what was sent: ${String(error)}; it may be sent twice`);
      this.#cannotSave = true;
    }
  }

  /** Settles when there is news, when it is to come to an end, or after a time. News do not end a pause. */
  async #woken(afterMs?: number): Promise<void> {
    if (this.#isClosing) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (afterMs === undefined || this.#isClosing) resolve();
      };
      if (afterMs !== undefined) timer = setTimeout(resolve, timerMs(afterMs));
    });
    clearTimeout(timer);
    this.#wake = () => {};
  }

  #note(text: string): void {
    this.#parts.note(`notifications: ${this.target.id}: ${text}`);
  }
}

function placeText({ place, tries, error }: Cursor): string {
  return JSON.stringify([place, tries, error]);
}
