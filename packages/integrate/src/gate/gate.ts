import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import type { Job } from '../candidate/job.ts';
import type { Gate } from './gate-settings.ts';
import { runLogged, type LoggedEnd } from './run-logged.ts';

export interface GateEnd extends LoggedEnd {
  readonly logPath: string;
  readonly durationMs: number;
}

/** How a gate is run. */
export interface GateRun {
  readonly gate: Gate;
  readonly logPath: string;
  /** Ends it when it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Runs a gate in the workspace of a job.
 *
 * @throws Failure `io` or its kin when the log cannot be written or the gate cannot be started
 */
export async function runGate(job: Job, { gate, logPath, signal }: GateRun): Promise<GateEnd> {
  const started = performance.now();
  const end = await runLogged(job, {
    command: ['sh', '-c', gate.command],
    env: gateEnvironment(job),
    stdin: 'ignore',
    logPath,
    logLimitBytes: job.bench.settings.gates.logLimitBytes,
    limitMs: gate.timeoutMs,
    signal,
  });
  return { ...end, logPath, durationMs: Math.round(performance.now() - started) };
}

/** Returns what a gate finds in its environment. */
export function gateEnvironment({ bench, candidate, workspace }: Job): NodeJS.ProcessEnv {
  return {
    ...scrubbedEnvironment(),
    CI: 'true',
    RALPH_TASK_ID: candidate.taskId,
    RALPH_ATTEMPT: String(candidate.attempt),
    RALPH_WORKSPACE: workspace.path,
    RALPH_TARGET_BRANCH: bench.settings.targetBranch,
  };
}
