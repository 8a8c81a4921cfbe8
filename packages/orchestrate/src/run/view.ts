// What a run knows, what can happen to it and what it can do: the words in which `schedule` decides.
import type { STOP_REASONS } from '@ralph/protocol/contract/events';
import type { Task } from '@ralph/protocol/contract/task';

/** `limited`: its agent was turned away by a rate limit, and it may be started again. */
export type Phase = 'starting' | 'running' | 'integrating' | 'landed' | 'published' | 'failed' | 'blocked' | 'limited';

export type StopReason = (typeof STOP_REASONS)[number];

/** Tasks that are there but cannot be started now, by reason. */
export interface Waiting {
  readonly dependency: number;
  readonly schedule: number;
  readonly draft: number;
  readonly blocked: number;
  /** Their scope overlaps that of a task that is at work. */
  readonly scope?: number;
  /** They have failed too often. */
  readonly failed?: number;
  /** The target branch does not have them yet. */
  readonly unpushed?: number;
}

export const NOTHING_WAITS: Waiting = { dependency: 0, schedule: 0, draft: 0, blocked: 0 };

export interface Policy {
  readonly workers: number;
  /** 0 means without limit. */
  readonly maxTasks: number;
  /** Whether a task waits for others whose declared scope overlaps its own. */
  readonly scopesWait: boolean;
  /** Whether to stay when nothing is left, for tasks that are added. */
  readonly watch: boolean;
  /** After how many failures in a row nothing more is started; 0 means never. */
  readonly stopAfterFailures: number;
  /** Seconds of the first pause after a rate limit that does not say how long it lasts. */
  readonly firstPause: number;
  /** Whether the end of a rate limit is waited for; otherwise the first one is the last thing that is started before. */
  readonly waitForQuota: boolean;
}

export interface View {
  readonly policy: Policy;
  readonly phases: ReadonlyMap<string, Phase>;
  /** Declared scopes, by task. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
  /** A question for the next task is open. */
  readonly asking: boolean;
  /** Something has changed since that question was put. */
  readonly stale: boolean;
  /** What the last answer said when it named no task; gone when something has ended or changed since. */
  readonly idle: Waiting | undefined;
  /** Whether the last question found a queue that cannot be read. */
  readonly unreadable: boolean;
  /** Whether it was given the time in which an editor saves a file. */
  readonly lookedAgain: boolean;
  readonly stopping: StopReason | undefined;
  readonly failuresInRow: number;
  /** How often each task was turned away by a rate limit. */
  readonly limits: ReadonlyMap<string, number>;
  /** Until when no agent is started, in ms of the wall clock. */
  readonly pausedUntil: number | undefined;
  /** Pauses since an agent last ended well. */
  readonly pauses: number;
  /** A task is there that the end of the pause is waited for with. */
  readonly held: boolean;
  /** A task is there that a spent budget keeps from being started. */
  readonly left: boolean;
  readonly over: boolean;
}

export type Happening =
  | { readonly kind: 'begun'; readonly adopted: readonly string[] }
  | { readonly kind: 'selected'; readonly task: Task; readonly finished: boolean }
  | { readonly kind: 'none'; readonly waiting: Waiting; readonly nextStart: number | undefined }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'looked_again' }
  | { readonly kind: 'changed' }
  | { readonly kind: 'agent_started'; readonly id: string }
  | { readonly kind: 'agent_ready'; readonly id: string }
  | { readonly kind: 'landed'; readonly id: string }
  | { readonly kind: 'published'; readonly id: string }
  | { readonly kind: 'failed'; readonly id: string }
  | { readonly kind: 'blocked'; readonly id: string }
  | {
      readonly kind: 'limited';
      readonly id: string;
      /** Seconds, where that was said. */
      readonly retryAfter: number | undefined;
      /** Whether its agent was turned away; otherwise it was not even started, since another was. */
      readonly turnedAway: boolean;
      readonly now: number;
    }
  | { readonly kind: 'closed'; readonly id: string; readonly until: number; readonly now: number }
  | { readonly kind: 'pause_over'; readonly now: number }
  | { readonly kind: 'stop'; readonly reason: StopReason };

export type Action =
  | {
      readonly kind: 'ask';
      readonly exclude: readonly string[];
      readonly busy: readonly string[];
      readonly busyScopes: readonly string[];
      /** Only for work that needs no agent. */
      readonly finishedOnly: boolean;
    }
  | { readonly kind: 'start'; readonly task: Task }
  | { readonly kind: 'adopt'; readonly id: string }
  | { readonly kind: 'integrate'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'pause'; readonly id: string; readonly seconds: number; readonly until: number }
  | { readonly kind: 'wake'; readonly at: number }
  | { readonly kind: 'look_again' }
  | { readonly kind: 'stopping'; readonly reason: StopReason }
  | { readonly kind: 'finish' };

/** Returns the view at the start of a run. */
export function firstView(policy: Policy): View {
  return {
    policy,
    phases: new Map(),
    scopes: new Map(),
    asking: false,
    stale: false,
    idle: undefined,
    unreadable: false,
    lookedAgain: false,
    stopping: undefined,
    failuresInRow: 0,
    limits: new Map(),
    pausedUntil: undefined,
    pauses: 0,
    held: false,
    left: false,
    over: false,
  };
}

/** Counts the tasks in some of the phases. */
export function count(view: View, ...phases: readonly Phase[]): number {
  let found = 0;
  for (const phase of view.phases.values()) if (phases.includes(phase)) found += 1;
  return found;
}

/** Returns the tasks in some of the phases, in the order in which they were first taken up. */
export function idsIn(view: View, ...phases: readonly Phase[]): string[] {
  return [...view.phases].filter(([, phase]) => phases.includes(phase)).map(([id]) => id);
}

/** Tells whether somebody is at work on a task. */
export function isActive(phase: Phase | undefined): boolean {
  return phase === 'starting' || phase === 'running' || phase === 'integrating';
}

/** Tells whether as many tasks were started as the run may start. One that a rate limit turned away is yet to start. */
export function maxReached(view: View): boolean {
  const { maxTasks } = view.policy;
  return maxTasks > 0 && view.phases.size - count(view, 'limited') >= maxTasks;
}
