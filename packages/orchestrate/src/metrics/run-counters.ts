import type { AnyEvent, EventOf, PUSH_VERDICTS, REMEDY_RESULTS } from '@ralph/protocol/contract/events';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { ReceiptKeeper } from '../record/receipt-keeper.ts';
import { resultAfter, type TaskResult } from '../run/results.ts';

/** How a task stands; `starting` from its selection until its workspace is ready. */
export const TASK_STATES = ['starting', 'running', 'integrating', 'landed', 'published', 'failed', 'blocked'] as const;

export type TaskState = (typeof TASK_STATES)[number];

/** Seconds up to which tasks are counted together: from a few seconds to a day. */
export const TASK_SECONDS = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400] as const;

/** Counts what happens in a run, while it goes on or afterwards: every figure is a sum over its events. */
export class RunCounters {
  readonly #receipts = new ReceiptKeeper('');
  readonly #tasks = new Map<string, TaskResult>();
  readonly #agents = new Set<string>();
  started: EventOf<'run.started'> | undefined;
  finished: EventOf<'run.finished'> | undefined;
  /** In ms since 1970. */
  lastAt: number | undefined;
  readonly gates = { passed: 0, failed: 0, known: 0 };
  readonly resolvers: Record<(typeof REMEDY_RESULTS)[number], number> = {
    resolved: 0,
    unresolved: 0,
    failed: 0,
    timeout: 0,
  };
  readonly rejected: Record<(typeof PUSH_VERDICTS)[number], number> = {
    race: 0,
    policy: 0,
    auth: 0,
    network: 0,
    local: 0,
    unknown: 0,
  };
  pauses = 0;
  /** How many tasks took at most so long as `TASK_SECONDS` says, each counted in its own place alone. */
  readonly taskTimes = TASK_SECONDS.map(() => 0);
  tasksEnded = 0;
  taskSeconds = 0;

  /** Takes the next event in. */
  take(event: AnyEvent): void {
    this.lastAt = Math.max(this.lastAt ?? 0, Date.parse(event.at));
    if (event.type === 'run.started') this.started = event;
    if (event.type === 'run.finished') this.finished = event;
    if (event.type === 'run.paused') this.pauses += 1;
    if (event.task_id !== undefined) this.#takeOfTask(event.task_id, event);
  }

  /** What the run has cost so far. */
  get totals(): Receipt {
    return this.#receipts.totals;
  }

  /** Agents and resolvers that are at work now. */
  get agentsRunning(): number {
    return this.#agents.size;
  }

  /** Counts tasks by how they stand. */
  get tasks(): Readonly<Record<TaskState, number>> {
    const counts = { starting: 0, running: 0, integrating: 0, landed: 0, published: 0, failed: 0, blocked: 0 };
    for (const { result } of this.#tasks.values()) counts[result === 'selected' ? 'starting' : result] += 1;
    return counts;
  }

  #takeOfTask(id: string, event: AnyEvent): void {
    const after = resultAfter(this.#tasks.get(id), event, id);
    if (after !== undefined) this.#tasks.set(id, after);
    const before = this.totals.total_ms;
    this.#receipts.take(event);
    this.#takeTime((this.totals.total_ms - before) / 1000);
    if (event.type === 'agent.started' || event.type === 'remediation.started') this.#agents.add(id);
    if (event.type === 'agent.finished' || event.type === 'remediation.finished') this.#agents.delete(id);
    if (event.type === 'ci.passed') this.gates[event.cached ? 'known' : 'passed'] += 1;
    if (event.type === 'ci.failed') this.gates.failed += 1;
    if (event.type === 'remediation.finished') this.resolvers[event.result] += 1;
    if (event.type === 'push.rejected') this.rejected[event.verdict] += 1;
    if (ENDS.has(event.type)) this.#agents.delete(id);
  }

  #takeTime(seconds: number): void {
    if (seconds === 0) return;
    this.tasksEnded += 1;
    this.taskSeconds += seconds;
    const place = TASK_SECONDS.findIndex((bound) => seconds <= bound);
    if (place !== -1) this.taskTimes[place] = (this.taskTimes[place] ?? 0) + 1;
  }
}

const ENDS: ReadonlySet<string> = new Set(['task.completed', 'task.published', 'task.failed', 'task.blocked']);
