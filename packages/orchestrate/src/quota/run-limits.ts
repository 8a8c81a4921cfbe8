import type { AnyEvent, EventFields, EventOf } from '@ralph/protocol/contract/events';
import type { ReceiptKeeper } from '../record/receipt-keeper.ts';
import { blindSpot, spentOf, timeIsUp, type Budget } from './budget.ts';
import type { QuotaBook } from './quota-book.ts';

export interface LimitParts {
  readonly book: QuotaBook;
  /** Whether a limit that others have met is heeded. */
  readonly heedsOthers: boolean;
  readonly budget: Budget;
  readonly receipts: ReceiptKeeper;
  readonly onNote: (line: string) => void;
}

/** Until when the account is closed, and who was told so. */
export interface Closed {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly reason: string;
}

/** What keeps a run from starting more: the quota of its account and its own budget. */
export class RunLimits {
  readonly #parts: LimitParts;
  #spent: string | undefined;
  #isBlindTold = false;

  constructor(parts: LimitParts) {
    this.#parts = parts;
  }

  /** What of the budget is used up; nothing while there is some left. */
  get spent(): string | undefined {
    return this.#spent;
  }

  /** The time that the run may take, in ms; nothing means no limit. */
  get timeMs(): number | undefined {
    return this.#parts.budget.timeMs;
  }

  /** Says that its time is over. */
  timeIsOver(): void {
    this.#spent ??= timeIsUp(this.#parts.budget);
  }

  /** Takes an event in; returns the receipt that is to be told, where it ends a task. */
  take(event: AnyEvent): EventFields<'task.receipt'> | undefined {
    const { receipts, budget, onNote } = this.#parts;
    const receipt = receipts.take(event);
    this.#spent ??= spentOf(budget, receipts.totals);
    if (this.#isBlindTold || (event.type !== 'agent.finished' && event.type !== 'remediation.finished')) return receipt;
    const words = blindSpot(budget, receipts.totals);
    this.#isBlindTold = words !== undefined;
    if (words !== undefined) onNote(`ralph-orchestrate: ${words}`);
    return receipt;
  }

  /** Returns the receipts that are yet to be told at the end of the run. */
  close(at: Date): EventFields<'task.receipt'>[] {
    return this.#parts.receipts.close(at);
  }

  /**
   * Returns whether others know the account to be closed.
   *
   * @param now milliseconds since 1970
   */
  closedByOthers(now: number): Closed | undefined {
    const entry = this.#parts.heedsOthers ? this.#parts.book.closed(now) : undefined;
    if (entry === undefined) return undefined;
    return { id: entry.task_id, until: Date.parse(entry.open_at), reason: entry.reason };
  }

  /**
   * Writes down for others that an agent was turned away. Nothing of the run depends on it.
   *
   * @param until milliseconds since 1970
   */
  turnedAway({ at, task_id, reason, retry_after }: EventOf<'task.failed'>, until: number): void {
    const { book, onNote } = this.#parts;
    const told = retry_after !== undefined;
    const entry = { closed_at: at, open_at: new Date(until).toISOString(), told, task_id, reason };
    book.close(entry).catch((error: unknown) => {
      onNote(`${error instanceof Error ? error.message : String(error)}; other runs do not know of the limit`);
    });
  }
}
