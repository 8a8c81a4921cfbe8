import { Failure } from '@ralph/protocol/contract/failure';
import { runGate, type GateEnd } from './gate.ts';
import type { Job } from '../candidate/job.ts';
import { lastLine, logTail } from './log-tail.ts';
import { gateByHand } from '../candidate/next-command.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { putHeadOn } from '../workspace/workspace.ts';

/**
 * Lets the gate judge what is to be pushed. The same gate is not asked twice about the same tree. What it changed in
 * tracked files is undone, so that it can add nothing to what it judged.
 *
 * @param signal aborted when its word is of no more use
 * @throws Failure `ci_failed` or `ci_timeout`; Stopped when it was cut off
 */
export async function passGate(job: Job, { commit, tree }: Prepared, signal: AbortSignal): Promise<void> {
  const { bench, candidate, workspace } = job;
  const { ci } = bench.settings;
  if (ci === undefined) return;
  const { taskId: task_id, attempt } = candidate;
  const key = `${tree} ${ci}`;
  if (bench.passedGates.has(key)) {
    await bench.output.event('ci.passed', { task_id, attempt, tree, cached: true, duration_ms: 0 });
    return;
  }
  const judged = job.judgedWith.length === 0 ? {} : { with: [...job.judgedWith] };
  await bench.output.event('ci.started', { task_id, attempt, command: ci, tree, ...judged });
  job.gateRuns += 1;
  const end = await runGate(job, ci, signal);
  throwIfStopped(signal);
  await putHeadOn(workspace, commit, job.branch);
  if (end.cause !== 'exited' || end.exitCode !== 0) throw await redGate(job, tree, end);
  bench.passedGates.add(key);
  await bench.output.event('ci.passed', { task_id, attempt, tree, cached: false, duration_ms: end.durationMs });
}

async function redGate({ bench, candidate }: Job, tree: string, end: GateEnd): Promise<Failure> {
  const { taskId: task_id, attempt } = candidate;
  const { exitCode: exit_code, signal, logPath: log_path, durationMs: duration_ms } = end;
  const tail = logTail(log_path, bench.secrets.redact);
  const timed_out = end.cause === 'timeout';
  await bench.output.event('ci.failed', {
    task_id,
    attempt,
    tree,
    exit_code,
    signal,
    timed_out,
    log_path,
    tail,
    duration_ms,
  });
  const how = timed_out
    ? `was ended at its time limit of ${bench.settings.ciTimeoutMs / 1000} s`
    : `ended with ${signal ?? `status ${exit_code}`}`;
  const last = lastLine(tail);
  return new Failure(timed_out ? 'ci_timeout' : 'ci_failed', `the gate ${how}${last === '' ? '' : `: ${last}`}`, {
    hint: gateByHand(bench.settings, candidate),
    details: { log_path },
  });
}
