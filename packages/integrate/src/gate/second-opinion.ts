import { throwIfStopped } from '../site/stopped.ts';
import { writeRecord } from '../candidate/integration-record.ts';
import { putHeadOn } from '../workspace/workspace.ts';
import { git } from '../workspace/workspace-git.ts';
import { runGate, type GateEnd } from './gate.ts';
import { baseLogPath, keepFirstLog } from './gate-log.ts';
import type { Gate } from './gate-settings.ts';
import { nextStep, runEnd, type GateVerdict, type KnownRuns, type RunEnd } from './gate-verdict.ts';
import type { Judging } from './judging.ts';

/** What became of a gate, and its last run on the tree that was judged. */
export interface Opinion {
  readonly verdict: GateVerdict;
  readonly end: GateEnd;
}

/**
 * Finds out what a first run of a gate means, by running it again where that is asked for. The workspace is on the commit
 * that is judged before and afterwards, and nothing else may run in it.
 *
 * @throws Stopped; what `runGate` throws
 */
export async function opinionOn(judging: Judging, gate: Gate, end: GateEnd): Promise<Opinion> {
  const { flakyRetry } = judging.job.bench.settings.gates;
  const runs: Writable<KnownRuns> = { first: runEnd(end) };
  let last = end;
  for (;;) {
    const step = nextStep(runs, flakyRetry);
    switch (step) {
      case 'run_again':
        last = await runAgain(judging, gate);
        runs.second = runEnd(last);
        break;
      case 'run_base':
        runs.base = await runOnBase(judging, gate);
        break;
      case 'passed':
      case 'flaky':
      case 'red':
      case 'already_red':
      case 'timeout':
        return { verdict: step, end: last };
    }
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

async function runAgain(judging: Judging, gate: Gate): Promise<GateEnd> {
  const { job, prepared, signal } = judging;
  const logPath = judging.logPath(gate);
  keepFirstLog(logPath);
  job.gateRuns += 1;
  const end = await runGate(job, { gate, logPath, signal });
  throwIfStopped(signal);
  await putHeadOn(job.workspace, prepared.commit, job.branch);
  return end;
}

/** Asks the gate about what the work stands on, without the work. */
async function runOnBase(judging: Judging, gate: Gate): Promise<RunEnd> {
  const { job, prepared, signal } = judging;
  const { workspace, tip, pushed, branch } = job;
  const { onto, commit } = prepared;
  const tree = (await git(['rev-parse', `${onto}^{tree}`], { cwd: workspace.path })).trim();
  if (judging.knownOfBase(gate, tree) !== undefined) return 'green';
  // Whoever finds us killed here takes what HEAD is on for none of the attempt's work.
  await writeRecord(workspace, { tip, head: null, pushed });
  await putHeadOn(workspace, onto, branch);
  job.gateRuns += 1;
  const end = await runGate(job, { gate, logPath: baseLogPath(judging.logPath(gate)), signal });
  throwIfStopped(signal);
  await putHeadOn(workspace, commit, branch);
  await writeRecord(workspace, { tip, head: commit, pushed });
  const result = runEnd(end);
  if (result === 'green') await judging.rememberBase(gate, tree);
  return result;
}
