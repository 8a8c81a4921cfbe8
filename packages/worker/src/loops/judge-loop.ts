import type { LoopNote } from './loop-note.ts';

/** What there is of a second loop. */
export interface LoopFacts {
  /** Nothing where the note was lost, but git's own folder of the worktree is marked. */
  readonly phase: LoopNote['phase'] | undefined;
  readonly isOwnerAlive: boolean;
  readonly hasWorktree: boolean;
  readonly isLocked: boolean;
}

/**
 * How a second loop is: `making` and `removing` by somebody who lives; `half` what one who is gone has left in the
 * middle of either; `running` while its lock is held; `idle`; `missing` when its folder is gone.
 */
export type LoopState = 'making' | 'removing' | 'half' | 'running' | 'idle' | 'missing';

/** Tells how a second loop is, by what there is of it. */
export function judgeLoop({ phase, isOwnerAlive, hasWorktree, isLocked }: LoopFacts): LoopState {
  switch (phase) {
    case 'making':
    case 'pushing':
      return isOwnerAlive ? 'making' : 'half';
    case 'removing':
      return isOwnerAlive ? 'removing' : 'half';
    case 'ready':
    case undefined:
      if (!hasWorktree) return 'missing';
      return isLocked ? 'running' : 'idle';
  }
}
