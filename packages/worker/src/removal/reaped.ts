/** What a reap did with one thing that was left behind. */
export interface Reaped {
  readonly task_id: string;
  readonly action: 'ended' | 'removed' | 'kept' | 'swept';
  /** An agent, a folder, a ref or a lock file. */
  readonly what: string;
  readonly reason: string;
  readonly salvage_ref?: string;
}
