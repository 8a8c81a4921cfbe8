import type { AnyEvent, EventFields } from '@ralph/protocol/contract/events';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { addReceipts, NO_RECEIPT } from './receipt-sum.ts';
import { afterEvent, costOf, costOfEnd, newReceipt, type TaskReceipt } from './task-receipt.ts';

/** Keeps the receipts of one run while its events go by; the sum grows with them. */
export class ReceiptKeeper {
  readonly #runId: string;
  readonly #tasks = new Map<string, TaskReceipt>();
  /** What each task's last receipt said. */
  readonly #told = new Map<string, Receipt>();
  #totals = NO_RECEIPT;

  constructor(runId: string) {
    this.#runId = runId;
  }

  /** What all tasks have cost together so far. */
  get totals(): Receipt {
    return this.#totals;
  }

  /** The receipts so far, in the order in which the tasks were taken up. */
  get tasks(): readonly TaskReceipt[] {
    return [...this.#tasks.values()];
  }

  /**
   * Takes an event in.
   *
   * @returns the receipt that is to be told, where the event ends a task
   */
  take(event: AnyEvent): EventFields<'task.receipt'> | undefined {
    const id = event.task_id;
    if (id === undefined) return undefined;
    const before = this.#tasks.get(id) ?? newReceipt(id);
    const cost = costOf(before, event);
    const after = afterEvent(before, event, cost);
    if (after === before) return undefined;
    this.#keep(after, cost);
    return after.result !== 'unfinished' && after.result !== before.result ? this.#telling(after) : undefined;
  }

  /** Ends the time of tasks that are still at work and returns the receipts that are yet to be told. */
  close(at: Date): EventFields<'task.receipt'>[] {
    for (const task of this.tasks) {
      const cost = costOfEnd(task, at.getTime());
      this.#keep({ ...task, since: undefined, hasAgent: false, receipt: addReceipts(task.receipt, cost) }, cost);
    }
    return this.tasks
      .filter(({ id, receipt }) => !isSame(this.#told.get(id) ?? NO_RECEIPT, receipt))
      .map((task) => this.#telling(task));
  }

  #keep(task: TaskReceipt, cost: Partial<Receipt> | undefined): void {
    this.#tasks.set(task.id, task);
    if (cost !== undefined) this.#totals = addReceipts(this.#totals, cost);
  }

  #telling({ id: task_id, result, title, receipt }: TaskReceipt): EventFields<'task.receipt'> {
    this.#told.set(task_id, receipt);
    return { run_id: this.#runId, task_id, result, ...(title === undefined ? {} : { title }), receipt };
  }
}

function isSame(one: Receipt, other: Receipt): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
