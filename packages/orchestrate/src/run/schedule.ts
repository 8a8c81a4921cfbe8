// The whole policy of a run as one pure function: what has happened goes in, what to do next comes out. The shell
// around it carries lines between processes and decides nothing.
import type { Task } from '@ralph/protocol/contract/task';

export type Phase = 'starting' | 'running' | 'integrating' | 'landed' | 'published' | 'failed' | 'blocked';

/** Tasks that are there but cannot be started now, by reason. */
export interface Waiting {
  readonly dependency: number;
  readonly schedule: number;
  readonly draft: number;
  readonly blocked: number;
}

export interface View {
  readonly workers: number;
  /** 0 means without limit. */
  readonly maxTasks: number;
  readonly phases: ReadonlyMap<string, Phase>;
  /** A question for the next task is open. */
  readonly asking: boolean;
  /** What the last answer said when it named no task; gone when something has ended since. */
  readonly idle: Waiting | undefined;
  readonly stopping: boolean;
}

export type Happening =
  | { readonly kind: 'begun' }
  | { readonly kind: 'selected'; readonly task: Task }
  | { readonly kind: 'none'; readonly waiting: Waiting }
  | { readonly kind: 'agent_started'; readonly id: string }
  | { readonly kind: 'agent_ready'; readonly id: string }
  | { readonly kind: 'landed'; readonly id: string }
  | { readonly kind: 'published'; readonly id: string }
  | { readonly kind: 'failed'; readonly id: string }
  | { readonly kind: 'blocked'; readonly id: string }
  | { readonly kind: 'stop' };

export type Action =
  | { readonly kind: 'ask'; readonly exclude: readonly string[] }
  | { readonly kind: 'start'; readonly task: Task }
  | { readonly kind: 'integrate'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'finish' };

export interface Step {
  readonly view: View;
  readonly actions: readonly Action[];
}

/** Returns the view at the start of a run. */
export function firstView(workers: number, maxTasks: number): View {
  return { workers, maxTasks, phases: new Map(), asking: false, idle: undefined, stopping: false };
}

/** Decides what follows from one happening. A task that was attempted in this run is not taken again in it. */
export function schedule(view: View, happening: Happening): Step {
  const { next, actions } = absorb(view, happening);
  if (mayAsk(next)) {
    return {
      view: { ...next, asking: true },
      actions: [...actions, { kind: 'ask', exclude: [...next.phases.keys()] }],
    };
  }
  if (isOver(next)) actions.push({ kind: 'finish' });
  return { view: next, actions };
}

function absorb(view: View, happening: Happening): { next: View; actions: Action[] } {
  switch (happening.kind) {
    case 'begun':
      return { next: view, actions: [] };
    case 'selected': {
      const answered = { ...view, asking: false };
      if (view.stopping) return { next: answered, actions: [] };
      return {
        next: moved(answered, happening.task.id, 'starting'),
        actions: [{ kind: 'start', task: happening.task }],
      };
    }
    case 'none':
      return { next: { ...view, asking: false, idle: happening.waiting }, actions: [] };
    case 'agent_started':
      return { next: moved(view, happening.id, 'running'), actions: [] };
    case 'agent_ready':
      return { next: moved(view, happening.id, 'integrating'), actions: [{ kind: 'integrate', id: happening.id }] };
    case 'landed':
      return { next: ended(view, happening.id, 'landed'), actions: [{ kind: 'remove', id: happening.id }] };
    case 'published':
    case 'failed':
    case 'blocked':
      return { next: ended(view, happening.id, happening.kind), actions: [] };
    case 'stop':
      return { next: { ...view, stopping: true }, actions: [] };
  }
}

function moved(view: View, id: string, phase: Phase): View {
  return { ...view, phases: new Map(view.phases).set(id, phase) };
}

/** What has ended may have set others free, so the next question is asked anew. */
function ended(view: View, id: string, phase: Phase): View {
  return { ...moved(view, id, phase), idle: undefined };
}

/** Counts the tasks in some of the phases. */
export function count(view: View, ...phases: readonly Phase[]): number {
  return idsIn(view, ...phases).length;
}

/** Returns the tasks in some of the phases, in the order in which they were started. */
export function idsIn(view: View, ...phases: readonly Phase[]): string[] {
  return [...view.phases].filter(([, phase]) => phases.includes(phase)).map(([id]) => id);
}

/** Returns the tasks whose agent is at work, or whose work is on its way. */
export function idsInWork(view: View): string[] {
  return idsIn(view, 'starting', 'running', 'integrating');
}

function mayAsk(view: View): boolean {
  if (view.stopping || view.asking || view.idle !== undefined || maxReached(view)) return false;
  const agents = count(view, 'starting', 'running');
  // Work that waits to be integrated holds a workspace each; agents are not to run away from the gate.
  return agents < view.workers && count(view, 'integrating') < 2 * view.workers;
}

function maxReached(view: View): boolean {
  return view.maxTasks > 0 && view.phases.size >= view.maxTasks;
}

function isOver(view: View): boolean {
  if (view.asking || count(view, 'starting', 'running', 'integrating') > 0) return false;
  return view.stopping || maxReached(view) || view.idle !== undefined;
}
