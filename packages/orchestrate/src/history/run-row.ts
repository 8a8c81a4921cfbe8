import type { EventOf, STOP_REASONS } from '@ralph/protocol/contract/events';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { stateOf, type RunState } from '../record/run-state.ts';
import { countsOf, sumOf, type RunStory } from '../record/run-story.ts';

/** One line of `ralph-orchestrate history`. */
export interface RunRow {
  readonly run_id: string | null;
  readonly outcome: RunState;
  readonly started_at: string;
  /** Of one that was killed, when it last told of anything; null of one that goes on. */
  readonly ended_at: string | null;
  readonly duration_ms: number;
  readonly target_branch?: string;
  readonly workers?: number;
  readonly loop?: string;
  readonly stop_reason?: (typeof STOP_REASONS)[number];
  readonly counts: {
    readonly landed: number;
    readonly published: number;
    readonly failed: number;
    readonly blocked: number;
    /** Taken up and neither landed nor given up; only where the run has told of no end. */
    readonly unfinished?: number;
    /** Tasks that were left. */
    readonly waiting?: number;
  };
  readonly totals: Receipt;
  /** Present where the beginning of the run is no longer in the log: what is told here is of its rest. */
  readonly beginning_is_gone?: true;
}

/** Returns the line of a run. */
export function runRow(story: RunStory, isRunning: boolean): RunRow {
  const { id, begin, end, finished, targetBranch, workers, loop, stopReason, isWhole, tasks } = story;
  const outcome = stateOf(story, isRunning);
  return {
    run_id: id ?? null,
    outcome,
    started_at: new Date(begin).toISOString(),
    ended_at: outcome === 'running' ? null : new Date(end).toISOString(),
    duration_ms: finished?.duration_ms ?? end - begin,
    ...(targetBranch === undefined ? {} : { target_branch: targetBranch }),
    ...(workers === undefined ? {} : { workers }),
    ...(loop === undefined ? {} : { loop }),
    ...(stopReason === undefined ? {} : { stop_reason: stopReason }),
    counts: finished === undefined ? countsOf(tasks) : toldCounts(finished.counts),
    totals: finished?.totals ?? sumOf(tasks),
    ...(isWhole ? {} : { beginning_is_gone: true }),
  };
}

function toldCounts({ landed, published = 0, failed, blocked, waiting }: EventOf<'run.finished'>['counts']) {
  return { landed, published, failed, blocked, waiting };
}
