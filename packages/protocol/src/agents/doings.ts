import type { ActivityCounts } from '../contract/activity.ts';
import { LONGEST_TEXT, type Doing } from './said.ts';
import { saidBy } from './said-by.ts';

/** Of what was said, so much is kept for whoever asks why an agent failed. */
const LAST_TEXTS = 5;

/** Follows what an agent does, line by line of its output. What is held of it does not grow with it. */
export class Doings {
  #session: string | undefined;
  #last: Doing | undefined;
  /** The last whole text. */
  #text = '';
  #lastTexts: string[] = [];
  #limit: string | undefined;
  #isBroken = false;
  #isCounted = false;
  #tools = 0;
  #edits = 0;

  /** Another agent of the same task begins: what is counted goes on, what was said is the past. */
  begin(): void {
    this.#session = undefined;
    this.#last = undefined;
    this.#text = '';
    this.#lastTexts = [];
    this.#limit = undefined;
    this.#isBroken = false;
  }

  /** Takes one JSON value of the output; what it does not know does no harm. */
  take(value: unknown): void {
    const said = saidBy(value);
    if (said === undefined) return;
    this.#session = said.session ?? this.#session;
    for (const doing of said.doing) this.#note(doing);
  }

  /** The session that the agent has named last. */
  get session(): string | undefined {
    return this.#session;
  }

  /** What it did last; nothing where it does not speak in a form that is known. */
  get last(): Doing | undefined {
    return this.#last;
  }

  /** Whether it speaks in a form that is known. */
  get hasSpoken(): boolean {
    return this.#session !== undefined || this.#lastTexts.length > 0;
  }

  /** Its last words, whole. */
  get text(): string {
    return this.#text;
  }

  /** The last texts and errors. */
  get lastTexts(): readonly string[] {
    return this.#lastTexts;
  }

  /** What it said of a limit of its provider, unless it went on after that. */
  get limit(): string | undefined {
    return this.#limit;
  }

  /**
   * Whether an error or a limit is what it came to: it has done nothing after that, and not said that it is done. One that
   * has named no session may have quoted somebody else's words.
   */
  get isBroken(): boolean {
    return this.#isBroken && this.#session !== undefined;
  }

  /** What was counted so far; nothing where it does not speak in a form that is known. */
  get counts(): ActivityCounts | undefined {
    return this.#isCounted ? { tools: this.#tools, edits: this.#edits } : undefined;
  }

  #note(doing: Doing): void {
    const before = this.#last;
    this.#isCounted = true;
    if (doing.kind === 'tool') this.#tools += 1;
    if (doing.kind === 'edit') this.#edits += 1;
    this.#isBroken = doing.kind === 'limit' || doing.kind === 'error';
    if (doing.kind === 'limit') this.#limit = doing.text;
    // It has got over it.
    else if (doing.kind !== 'error') this.#limit = undefined;
    if (doing.kind === 'tool' || doing.kind === 'edit' || doing.text === '') {
      // The end without words leaves the last ones to be seen.
      if (doing.kind !== 'done' || before === undefined) this.#last = doing;
      return;
    }
    const isMore = doing.goesOn === true && before?.kind === 'text';
    const text = (isMore ? this.#text + doing.text : doing.text).slice(0, LONGEST_TEXT);
    if (isMore) this.#lastTexts.pop();
    // Most agents end with the text that they have just said.
    if (text !== this.#lastTexts.at(-1)) this.#lastTexts = [...this.#lastTexts, text].slice(-LAST_TEXTS);
    if (doing.kind === 'text' || doing.kind === 'done') this.#text = text;
    this.#last = { ...doing, text };
  }
}
