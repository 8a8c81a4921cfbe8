import type { AnyEvent, RECEIPT_RESULTS } from '@ralph/protocol/contract/events';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { addReceipts, NO_RECEIPT } from './receipt-sum.ts';

export type ReceiptResult = (typeof RECEIPT_RESULTS)[number];

/** What one task has cost in a run so far. */
export interface TaskReceipt {
  readonly id: string;
  readonly title: string | undefined;
  readonly result: ReceiptResult;
  /** When it was taken up, in ms since 1970; nothing while nobody is at work on it. */
  readonly since: number | undefined;
  readonly receipt: Receipt;
}

/** What an event of a task adds to its receipt; nothing where it costs nothing. Pure. */
export function costOf(task: TaskReceipt, event: AnyEvent): Partial<Receipt> | undefined {
  switch (event.type) {
    case 'agent.started':
      return { attempts: 1 };
    case 'agent.finished': {
      const { commits, changed_files, duration_ms: agent_ms, usage } = event;
      return { commits, changed_files, agent_ms, ...told(usage) };
    }
    case 'ci.passed':
      return event.cached ? { known_gates: 1 } : { gates: 1, gate_ms: event.duration_ms };
    case 'ci.failed':
      return { gates: 1, gate_ms: event.duration_ms };
    case 'remediation.finished':
      return { remedies: 1, remedy_ms: event.duration_ms, ...told(event.usage) };
    case 'task.completed':
      return { pushes: event.push_attempts, ...timeUntil(task, Date.parse(event.at)) };
    case 'task.published':
    case 'task.failed':
    case 'task.blocked':
    case 'task.skipped':
      return timeUntil(task, Date.parse(event.at));
    default:
      return undefined;
  }
}

function told(usage: Receipt['usage']): Partial<Receipt> {
  return usage === undefined ? { unreported: 1 } : { usage };
}

/** Returns the time since a task was taken up. */
export function timeUntil({ since }: TaskReceipt, at: number): Partial<Receipt> {
  return since === undefined ? {} : { total_ms: Math.max(0, at - since) };
}

/** Returns a task's receipt after one of its events, which costs what `costOf` says. Pure. */
export function afterEvent(task: TaskReceipt, event: AnyEvent, cost: Partial<Receipt> | undefined): TaskReceipt {
  const next = cost === undefined ? task : { ...task, receipt: addReceipts(task.receipt, cost) };
  switch (event.type) {
    case 'task.selected':
      return { ...next, title: event.title ?? task.title, result: 'unfinished', since: Date.parse(event.at) };
    case 'agent.started':
      return { ...next, title: event.title ?? task.title };
    case 'task.completed':
      return ended(next, 'landed');
    case 'task.published':
      return ended(next, 'published');
    case 'task.failed':
      return ended(next, 'failed');
    case 'task.blocked':
      return ended(next, 'blocked');
    case 'task.skipped':
      return ended(next, event.code === 'rate_limited' ? 'unfinished' : 'blocked');
    default:
      return next;
  }
}

function ended(task: TaskReceipt, result: ReceiptResult): TaskReceipt {
  return { ...task, result, since: undefined };
}

/** Returns the receipt of a task of which nothing is known. */
export function newReceipt(id: string): TaskReceipt {
  return { id, title: undefined, result: 'unfinished', since: undefined, receipt: NO_RECEIPT };
}
