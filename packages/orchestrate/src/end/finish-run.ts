import type { Call, Result } from '@ralph/protocol/cli/program';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import type { EventLog } from '../run/event-log.ts';
import { outcomeOf, outcomeStatus, waitingTasks, waitingWords, type Outcome } from './outcome.ts';
import { idsWith } from '../run/results.ts';
import type { LoopEnd } from '../run/run-loop.ts';
import { summaryText, type Landing } from './summary-text.ts';

export interface RunEnd {
  readonly end: LoopEnd;
  readonly runId: string;
  readonly started: number;
  readonly log: EventLog;
  readonly landing: Landing;
}

/**
 * Says how a run ended: `run.finished`, a summary for a person, and the status.
 *
 * @throws the failure that ended the run before its time
 */
export async function finishRun(
  { output, stop }: Pick<Call, 'output' | 'stop'>,
  { end, runId, started, log, landing }: RunEnd,
): Promise<Result> {
  const { view, results, failure } = end;
  const outcome: Outcome = stop.cause === undefined && failure === undefined ? outcomeOf(view) : 'interrupted';
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
    duration_ms: Date.now() - started,
  });
  try {
    log.append(finished);
  } catch (error) {
    // Where the disk is full, the failure that ended the run says so already.
    if (failure === undefined) throw error;
  }
  const summary = summaryText({ outcome, results, waiting: waitingWords(view), landing });
  if (output.format === 'table') await output.write(`\n${summary}`);
  else output.note(summary.trimEnd());
  if (failure !== undefined && stop.cause === undefined) throw failure;
  return { exit: outcomeStatus(outcome) };
}
