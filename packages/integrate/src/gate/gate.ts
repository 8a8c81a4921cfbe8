import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import type { ProcessTree, TreeEnd } from '@ralph/protocol/process/process-tree';
import type { Job } from '../candidate/job.ts';
import { openGateLog } from './gate-log.ts';
import type { Gate } from './gate-settings.ts';
import { startTree } from './start-tree.ts';

export interface GateEnd extends TreeEnd {
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
 * Runs a gate in a workspace, output going to its log, which is begun anew and kept within its limit. It is written down
 * as long as anything of it lives. Its whole process tree is gone when this settles; at the time limit and when the
 * signal is aborted it is ended.
 *
 * @throws Failure `io` or its kin when the log cannot be written or the gate cannot be started
 */
export async function runGate(job: Job, { gate, logPath, signal }: GateRun): Promise<GateEnd> {
  const { settings, logs } = job.bench;
  const started = Date.now();
  const open = openGateLog(logPath, settings.gates.logLimitBytes);
  const unwatch = logs.watch(open.log, { report: () => Promise.resolve(), idleMs: undefined, onIdle: () => {} });
  try {
    const tree = await startGate(job, gate, open.fd);
    const end = await ended(tree, gate, signal);
    job.bench.running.remove(job, tree);
    return { ...end, logPath, durationMs: Date.now() - started };
  } finally {
    await unwatch();
    open.close();
  }
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

function startGate(job: Job, { command }: Gate, log: number): Promise<ProcessTree> {
  const { path } = job.workspace;
  const env = gateEnvironment(job);
  const asked = { command: ['sh', '-c', command], cwd: path, folder: path, env };
  return startTree(job, { ...asked, stdin: 'ignore', stdout: log, stderr: log });
}

async function ended(tree: ProcessTree, { timeoutMs }: Gate, signal: AbortSignal): Promise<TreeEnd> {
  const onStop = () => void tree.end('cancelled');
  const timer = setTimeout(() => void tree.end('timeout'), timerMs(timeoutMs));
  signal.addEventListener('abort', onStop, { once: true });
  try {
    if (signal.aborted) onStop();
    else tree.release();
    return await tree.finished;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onStop);
  }
}
