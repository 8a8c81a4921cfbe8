import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import type { TreeEnd } from '@ralph/protocol/process/process-tree';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { Job } from '../candidate/job.ts';
import type { Workspace } from '../workspace/workspace.ts';

export interface GateEnd extends TreeEnd {
  readonly logPath: string;
  readonly durationMs: number;
}

/**
 * Runs the gate in a workspace, output going to its log, which is begun anew. Its whole process tree is gone when this
 * settles; at the time limit and when the signal is aborted it is ended.
 *
 * @throws Failure `io` or its kin when the log cannot be written or the gate cannot be started
 */
export async function runGate(
  { bench, candidate, workspace }: Job,
  command: string,
  signal: AbortSignal,
): Promise<GateEnd> {
  const { settings, trees } = bench;
  const logPath = join(settings.root, RALPH_PATHS.logs, `${candidate.taskId}.${candidate.attempt}.ci.log`);
  const started = Date.now();
  const log = openLog(logPath);
  let timer: NodeJS.Timeout | undefined;
  try {
    const tree = await trees.start({
      command: ['sh', '-c', command],
      cwd: workspace.path,
      folder: workspace.path,
      env: gateEnvironment(bench, candidate, workspace),
      stdin: 'ignore',
      stdout: log,
      stderr: log,
    });
    const onStop = () => void tree.end('cancelled');
    signal.addEventListener('abort', onStop, { once: true });
    timer = setTimeout(() => void tree.end('timeout'), timerMs(settings.ciTimeoutMs));
    if (signal.aborted) onStop();
    else tree.release();
    const end = await tree.finished;
    signal.removeEventListener('abort', onStop);
    return { ...end, logPath, durationMs: Date.now() - started };
  } finally {
    clearTimeout(timer);
    closeSync(log);
  }
}

function gateEnvironment({ settings }: Bench, { taskId, attempt }: Candidate, { path }: Workspace): NodeJS.ProcessEnv {
  return {
    ...scrubbedEnvironment(),
    CI: 'true',
    RALPH_TASK_ID: taskId,
    RALPH_ATTEMPT: String(attempt),
    RALPH_WORKSPACE: path,
    RALPH_TARGET_BRANCH: settings.targetBranch,
  };
}

function openLog(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'w', 0o600);
  } catch (error) {
    throw asIoFailure(error, `write the log ${path}`);
  }
}
