import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Waiting } from '../queue/selection.ts';
import type { Activity } from '../records/record-activity.ts';

/** The directory lock of ralph-agent-loop: its owner lives, is gone, or is not told in a way that can be read. */
export type QueueLockCondition = 'live' | 'stale' | 'missing' | 'unreadable';

export interface QueueLock {
  /** The folder that is the lock. */
  readonly path: string;
  readonly condition: QueueLockCondition;
  readonly pid?: number;
  readonly startedAt?: string;
  readonly command?: string;
  readonly label?: string;
}

export interface RecordFacts {
  readonly record: WorkerRecord;
  readonly activity: Activity;
  readonly workspaceIsThere: boolean;
  readonly marker: 'absent' | 'present' | 'unreadable';
}

export type QueueFacts =
  | { readonly tasks: number; readonly runnable: number; readonly waiting: Waiting }
  | { readonly error: { readonly code: string; readonly message: string } };

/** Everything that the status document is made of. */
export interface StatusFacts {
  /** The root of the repository. */
  readonly root: string;
  readonly state: StateFile | undefined;
  /** In the order of the state file. */
  readonly records: readonly RecordFacts[];
  readonly queueLock: QueueLock | undefined;
  /** Whether a run holds the loop lock; only asked where it matters. */
  readonly runIsAlive: boolean;
  readonly queue: QueueFacts;
  /** `--repo DIR` where a command needs it in this folder. */
  readonly repoWords: readonly string[];
  readonly now: Date;
}
