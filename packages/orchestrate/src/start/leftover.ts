import type { RECOVERY_ACTIONS } from '@ralph/protocol/contract/events';
import type { Lifecycle } from '@ralph/protocol/contract/lifecycle';

/** What the state file says of a task. */
export interface LeftRecord {
  readonly lifecycle: Lifecycle;
  readonly attempt: number | undefined;
  /** What goes on with it; `given_up` when an earlier start found nobody at work on it. */
  readonly activity: 'ended' | 'given_up' | 'at_work' | 'believed' | 'waiting' | 'lost';
  /** Whether its agent had ended with commits of its own. */
  readonly hasWork: boolean;
  readonly isPublished: boolean;
  readonly isAskedFor: boolean;
  readonly targetBranch: string | undefined;
}

/** What stands in the place of a task's workspace. */
export interface LeftWorkspace {
  readonly path: string;
  readonly attempt: number | undefined;
  readonly phase: 'prepared' | 'running' | 'finished' | undefined;
  readonly targetBranch: string | undefined;
  /** Whether commits of its own are kept under the ref of its attempt. */
  readonly hasWork: boolean;
  /** Whether a later attempt at the task has a ref. */
  readonly isSuperseded: boolean;
  /** Why it is kept for a person. */
  readonly blocked: { readonly code: string; readonly reason: string; readonly attempts: number } | undefined;
}

/** Everything that is known of what an earlier run has left of one task. */
export interface Leftover {
  readonly taskId: string;
  readonly record: LeftRecord | undefined;
  readonly workspace: LeftWorkspace | undefined;
  /** `ending`: by a sibling of a run that is gone, which ends by itself; `held`: by another process. */
  readonly claim: 'free' | 'ending' | 'held';
  /**
   * Whether this run would take the task up: it is among its tasks, only in the queue, or in neither; `landed` when it is
   * in neither since this very attempt has landed.
   */
  readonly wanted: 'here' | 'in_queue' | 'nowhere' | 'landed';
}

/** What is to be done about one leftover. */
export type Remedy =
  /** Somebody ends it; then it is judged again. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'leave' }
  /** `restore`: its workspace is gone and is made again from its commits first. */
  | { readonly kind: 'adopt'; readonly attempt: number; readonly restore: boolean }
  /** It was kept for a person, but nobody has recorded that. */
  | { readonly kind: 'record_blocked'; readonly attempt: number }
  /** The workspace goes after what it holds is kept: `reap` where its agent may still live. */
  | { readonly kind: 'reap' }
  | { readonly kind: 'remove'; readonly attempt: number | undefined }
  /** Nothing is there but the record. */
  | { readonly kind: 'forget' };

export interface Planned {
  readonly leftover: Leftover;
  readonly action: (typeof RECOVERY_ACTIONS)[number];
  readonly remedy: Remedy;
  /** In words. */
  readonly reason: string;
}
