import type { Call, Result } from '@ralph/protocol/cli/program';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { loopOf } from '@ralph/protocol/process/repository';
import { homeWords } from '../loops/home-words.ts';
import type { EventLog } from '../run/event-log.ts';
import { outcomeOf, outcomeStatus, stopReasonOf, waitingTasks, waitingWords, type Outcome } from './outcome.ts';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { idsWith } from '../run/results.ts';
import type { LoopEnd } from '../run/loop-parts.ts';
import { limitFailure, retryAfterOf } from './limit-failure.ts';
import { summaryText } from './summary-text.ts';

export interface RunEnd {
  readonly end: LoopEnd;
  readonly runId: string;
  readonly began: number;
  readonly log: EventLog;
  /** What the run has cost. */
  readonly totals: Receipt;
  /** What of its budget is used up. */
  readonly spent: string | undefined;
  /** Whose quota the agents use. */
  readonly account: string;
  readonly root: string;
  /** What a person types to go on. */
  readonly again: string;
}

/**
 * Says how a run ended: `run.finished`, a summary for a person, and the status.
 *
 * @throws the failure that ended the run before its time
 */
export async function finishRun(
  { output, stop }: Pick<Call, 'output' | 'stop'>,
  { end, runId, began, log, totals, spent, account, root, again }: RunEnd,
): Promise<Result> {
  const { view, results } = end;
  const outcome: Outcome = stop.cause === undefined && end.failure === undefined ? outcomeOf(view) : 'interrupted';
  // Who has asked it to stop need not hear that there may have been more to do.
  const failure = end.failure ?? (view.stopping === undefined ? end.trouble : undefined);
  const isLimited = outcome === 'limit' && (view.stopping !== 'budget' || (view.pausedUntil ?? 0) > Date.now());
  const retryAfter = isLimited ? retryAfterOf(view, Date.now()) : undefined;
  const stopReason = stopReasonOf(view);
  const [landed, published, failed, blocked] = [
    idsWith(results, 'landed'),
    idsWith(results, 'published'),
    idsWith(results, 'failed'),
    idsWith(results, 'blocked'),
  ];
  const finished: AnyEvent = await output.event('run.finished', {
    run_id: runId,
    outcome,
    counts: {
      landed: landed.length,
      failed: failed.length,
      blocked: blocked.length,
      waiting: waitingTasks(view),
      published: published.length,
    },
    landed,
    failed,
    blocked,
    published,
    ...(stopReason === undefined ? {} : { stop_reason: stopReason }),
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    duration_ms: Math.round(performance.now() - began),
    totals,
  });
  try {
    log.append(finished);
  } catch (error) {
    // Where the disk is full, the failure that ended the run says so already.
    if (failure === undefined) throw error;
  }
  const loop = loopOf(root);
  const home = loop === undefined || landed.length === 0 ? '' : `\n${homeWords(loop)}`;
  const summary = `${summaryText({ outcome, results, waiting: waitingWords(view), stopReason, totals, again })}${home}`;
  if (output.format === 'table') await output.write(`\n${summary}`);
  else output.note(summary.trimEnd());
  if (failure !== undefined && stop.cause === undefined) throw failure;
  if (outcome === 'limit') throw limitFailure(view, { spent, retryAfter, results, closed: end.closed, account, again });
  return { exit: outcomeStatus(outcome) };
}
