import type { AnyEvent, EventType, RECEIPT_RESULTS } from '@ralph/protocol/contract/events';
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
  /** Whether an agent was started of whose end nothing was told yet. */
  readonly hasAgent: boolean;
  readonly receipt: Receipt;
}

const ENDS: Partial<Record<EventType, ReceiptResult>> = {
  'task.completed': 'landed',
  'task.published': 'published',
  'task.failed': 'failed',
  'task.blocked': 'blocked',
  'task.skipped': 'blocked',
};

/** What an event of a task adds to its receipt; nothing where it costs nothing. Pure. */
export function costOf(task: TaskReceipt, event: AnyEvent): Partial<Receipt> | undefined {
  // What comes behind the first part of a task is the same attempt.
  if (event.type === 'agent.started')
    return event.phase === 'implement' || event.phase === 'review' ? undefined : { attempts: 1 };
  if (event.type === 'agent.finished') {
    const { commits, changed_files, duration_ms: agent_ms, usage, counts } = event;
    return { commits, changed_files, agent_ms, ...counts, ...told(usage) };
  }
  if (event.type === 'ci.passed' && event.cached) return { known_gates: 1 };
  if (event.type === 'ci.passed' || event.type === 'ci.failed') return { gates: 1, gate_ms: event.duration_ms };
  if (event.type === 'remediation.finished') {
    return { remedies: 1, remedy_ms: event.duration_ms, ...told(event.usage) };
  }
  if (ENDS[event.type as EventType] === undefined) return undefined;
  const pushes = event.type === 'task.completed' ? { pushes: event.push_attempts } : {};
  return { ...pushes, ...costOfEnd(task, Date.parse(event.at)) };
}

function told(usage: Receipt['usage']): Partial<Receipt> {
  return usage === undefined ? { unreported: 1 } : { usage };
}

/** Returns the time since a task was taken up, and that an agent which was never heard of again has said nothing. */
export function costOfEnd({ since, hasAgent }: TaskReceipt, at: number): Partial<Receipt> {
  return {
    ...(since === undefined ? {} : { total_ms: Math.max(0, at - since) }),
    ...(hasAgent ? { unreported: 1 } : {}),
  };
}

/** Returns a task's receipt after one of its events, which costs what `costOf` says. Pure. */
export function afterEvent(task: TaskReceipt, event: AnyEvent, cost: Partial<Receipt> | undefined): TaskReceipt {
  const next = cost === undefined ? task : { ...task, receipt: addReceipts(task.receipt, cost) };
  if (event.type === 'task.selected') {
    return { ...next, title: event.title ?? task.title, result: 'unfinished', since: Date.parse(event.at) };
  }
  if (event.type === 'agent.started') return { ...next, title: event.title ?? task.title, hasAgent: true };
  if (event.type === 'agent.finished') return { ...next, hasAgent: false };
  const result = ENDS[event.type as EventType];
  if (result === undefined) return next;
  // One that was not begun, since another was turned away by a limit, is yet to be started.
  const isHeld = event.type === 'task.skipped' && event.code === 'rate_limited';
  return { ...next, result: isHeld ? 'unfinished' : result, since: undefined, hasAgent: false };
}

/** Returns the receipt of a task of which nothing is known. */
export function newReceipt(id: string): TaskReceipt {
  return { id, title: undefined, result: 'unfinished', since: undefined, hasAgent: false, receipt: NO_RECEIPT };
}
