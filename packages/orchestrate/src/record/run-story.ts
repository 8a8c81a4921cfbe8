import type { EventOf } from '@ralph/protocol/contract/events';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { addReceipts, NO_RECEIPT } from './receipt-sum.ts';
import type { Stretch } from './task-phases.ts';
import type { ReceiptResult } from './task-receipt.ts';
import type { TaskWords } from './task-words.ts';

/** A time in which no agent was started, since one was turned away. */
export interface Pause {
  /** In ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** What became of one task in a run, what it has cost, and how its time was spent. */
export interface TaskStory {
  readonly id: string;
  readonly title: string;
  readonly result: ReceiptResult;
  /** Whether somebody was at work on it when the last event was told. */
  readonly isOpen: boolean;
  readonly attempt: number;
  /** In ms since 1970. */
  readonly begin: number;
  readonly commit: string | undefined;
  readonly reason: string | undefined;
  readonly code: string | undefined;
  readonly nextCommand: string | undefined;
  readonly landCommand: string | undefined;
  /** Which of the known agents have worked on it, in the order in which they came. */
  readonly agents: readonly string[];
  readonly words: TaskWords;
  readonly receipt: Receipt;
  readonly stretches: readonly Stretch[];
}

/** Everything that is told of one run. Words in it are those of others: they are cleaned before anybody sees them. */
export interface RunStory {
  /** Nothing where no line that tells it is left. */
  readonly id: string | undefined;
  readonly targetBranch: string | undefined;
  readonly workers: number | undefined;
  readonly loop: string | undefined;
  readonly stopReason: EventOf<'run.finished'>['stop_reason'];
  /** Whether its beginning is still there. */
  readonly isWhole: boolean;
  /** In ms since 1970. */
  readonly begin: number;
  readonly end: number;
  /** Nothing where it goes on, or was killed. */
  readonly finished: EventOf<'run.finished'> | undefined;
  readonly pauses: readonly Pause[];
  /** In the order in which they were first taken up. */
  readonly tasks: readonly TaskStory[];
}

/** Returns what the tasks of a run have cost together. */
export function sumOf(tasks: readonly TaskStory[]): Receipt {
  return tasks.reduce((sum, { receipt }) => addReceipts(sum, receipt), NO_RECEIPT);
}

/** Counts tasks by their result. */
export function countsOf(tasks: readonly TaskStory[]): Readonly<Record<ReceiptResult, number>> {
  const counts = { landed: 0, published: 0, failed: 0, blocked: 0, unfinished: 0 };
  for (const { result } of tasks) counts[result] += 1;
  return counts;
}
