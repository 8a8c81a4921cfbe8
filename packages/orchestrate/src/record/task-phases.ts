import type { AnyEvent, EventType } from '@ralph/protocol/contract/events';
import type { Usage } from '@ralph/protocol/contract/usage';
import { isReady } from '@ralph/protocol/contract/agent-end';

/** What is done with a task, and what it waits for. */
export const WORK_PARTS = ['setup', 'agent', 'rebase', 'gate', 'resolver', 'push'] as const;
export const WAIT_PARTS = ['place', 'launch', 'hand_over', 'gate_wait', 'turn', 'repair', 'wrap_up'] as const;

export type Part = (typeof WORK_PARTS)[number] | (typeof WAIT_PARTS)[number];

/** A stretch of the time in which a task was at work; stretches of one task do not overlap and leave no gap. */
export interface Stretch {
  readonly part: Part;
  /** In ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly attempt: number;
  /** How it ended, where that is worth telling: `red`, `status 3`, the verdict of a push. */
  readonly end?: string;
  /** Whether it ended badly. */
  readonly bad?: true;
  /** What an agent or a resolver said that it used. */
  readonly usage?: Usage;
  /** Whether it went on when the last event was told. */
  readonly open?: true;
}

type How = Pick<Stretch, 'end' | 'bad' | 'usage'>;

const NEXT: Partial<Record<EventType, Part>> = {
  'agent.started': 'agent',
  'integrate.started': 'rebase',
  'remediation.started': 'resolver',
};

/** What else is told of a task that nobody is at work on takes none of its time. */
const OPENS: ReadonlySet<string> = new Set(['task.selected', 'workspace.ready', 'agent.started', 'integrate.started']);

const ENDS: ReadonlySet<string> = new Set(['task.failed', 'task.blocked', 'task.skipped']);

/** Cuts the time of one task, from each time it is taken up to its end, into what was done and what was waited for. */
export class TaskPhases {
  readonly stretches: Stretch[] = [];
  #part: Part | undefined;
  #since = 0;
  #attempt = 1;
  #gates = 0;
  /** Whether the gate that is run is that of another task. */
  #shared = false;

  /** Whether somebody is at work on the task. */
  get isOpen(): boolean {
    return this.#part !== undefined;
  }

  /** Takes the next event of the task in. */
  take(event: AnyEvent): void {
    const at = Date.parse(event.at);
    if (event.attempt !== undefined && event.type !== 'task.selected') this.#attempt = event.attempt;
    if (this.#part === undefined && !OPENS.has(event.type)) return;
    const next = NEXT[event.type];
    if (next !== undefined) this.#next(at, next);
    else if (event.type === 'task.selected') {
      this.#part = undefined;
      this.#begin(event.how === 'adopt' ? 'hand_over' : 'place', at);
    } else if (event.type === 'workspace.ready') {
      this.#next(at - event.duration_ms, 'setup');
      this.#next(at, 'launch');
    } else if (event.type === 'rebase.done') {
      this.#next(at, 'gate_wait', this.#part === 'push' ? 'turn' : undefined);
    } else if (event.type === 'rebase.conflicted') {
      this.#next(at, 'repair', undefined, { end: 'conflict', bad: true });
    } else if (event.type === 'task.completed' || event.type === 'task.published') {
      this.#end(at, this.#part === 'gate_wait' ? 'push' : undefined);
    } else if (ENDS.has(event.type)) {
      this.#end(at);
    } else this.#takeEnd(event, at);
  }

  /** Says that the gate that another task is judged by began or ended; it judges this one, too. */
  share(at: number, what: 'began' | 'passed' | 'failed'): void {
    if (what === 'began') {
      if (this.#part !== 'gate_wait' && this.#part !== 'push' && this.#part !== 'turn') return;
      this.#next(at, 'gate', 'gate_wait');
      this.#shared = true;
    } else if (this.#shared) {
      this.#next(at, what === 'passed' ? 'push' : 'gate_wait');
    }
  }

  /** Returns all stretches with the one that is open, which lasts until now. */
  until(now: number): readonly Stretch[] {
    if (this.#part === undefined) return this.stretches;
    const open: Stretch = { ...this.#stretch(this.#part, Math.max(now, this.#since)), open: true };
    return [...this.stretches, open];
  }

  #takeEnd(event: AnyEvent, at: number): void {
    if (event.type === 'agent.finished') {
      const { reason, exit_code: status, signal } = event;
      const end = reason === 'exited' ? (signal ?? `status ${status}`) : reason.replace('_', ' ');
      const bad = reason === 'exited' && status === 0 ? {} : { bad: true as const };
      // What it has left is kept before its end is told.
      if (this.#part === 'agent') {
        const ended = Math.min(at, this.#since + event.duration_ms);
        this.#next(ended, 'wrap_up', undefined, { end, ...bad, ...told(event.usage) });
      }
      this.#next(at, isReady(event) ? 'hand_over' : 'wrap_up');
    } else if (event.type === 'ci.started') {
      if (this.#part !== 'gate' || this.#shared) this.#next(at, 'gate', 'gate_wait');
      this.#gates += 1;
    } else if (event.type === 'ci.passed') {
      if (!event.cached) this.#gates = Math.max(0, this.#gates - 1);
      if (this.#gates === 0) this.#next(at, 'push', undefined, event.cached ? {} : { end: 'passed' });
    } else if (event.type === 'ci.failed') {
      this.#next(at, 'repair', undefined, { end: event.timed_out ? 'time limit' : 'red', bad: true });
    } else if (event.type === 'remediation.finished') {
      const isGood = event.result === 'resolved';
      this.#next(at, isGood ? 'rebase' : 'repair', undefined, {
        end: event.result,
        ...(isGood ? {} : { bad: true as const }),
        ...told(event.usage),
      });
    } else if (event.type === 'push.rejected') {
      const was = this.#part === 'gate_wait' ? 'push' : undefined;
      this.#next(at, 'rebase', was, { end: event.verdict, bad: true });
    }
  }

  #begin(part: Part, at: number): void {
    this.#part = part;
    this.#since = Math.max(at, this.stretches.at(-1)?.to ?? at);
    this.#gates = 0;
    this.#shared = false;
  }

  /** Ends what went on, under another name where that is only known now, and begins the next. */
  #next(at: number, part: Part, was?: Part, how: How = {}): void {
    if (this.#part === undefined) return this.#begin(part, at);
    if (was !== undefined) this.#part = was;
    this.#close(at, how);
    this.#part = part;
    this.#shared = false;
    if (part !== 'gate') this.#gates = 0;
  }

  #end(at: number, was?: Part): void {
    if (this.#part !== undefined) this.#next(at, 'wrap_up', was);
    this.#part = undefined;
  }

  /** Clocks of several processes: what seems to end before it began has taken no time. */
  #close(at: number, how: How = {}): void {
    if (this.#part === undefined) return;
    const stretch = { ...this.#stretch(this.#part, Math.max(at, this.#since)), ...how };
    this.#since = stretch.to;
    if (stretch.to > stretch.from || how.usage !== undefined) this.stretches.push(stretch);
  }

  #stretch(part: Part, to: number): Stretch {
    return { part, from: this.#since, to, attempt: this.#attempt };
  }
}

function told(usage: Usage | undefined): Pick<Stretch, 'usage'> {
  return usage === undefined ? {} : { usage };
}
