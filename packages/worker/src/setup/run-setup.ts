import { closeSync, openSync } from 'node:fs';
import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { Failure } from '@ralph/protocol/contract/failure';
import type { ProcessTree, ProcessTrees, TreeEnd } from '@ralph/protocol/process/process-tree';
import { agentEnvironment, type AgentFacts } from '../agent/agent-environment.ts';
import { emptySeat, isToStop, recordAgent } from '../agent/claimed-seat.ts';
import { KeptLog } from '@ralph/protocol/process/kept-log';
import type { LogKeeper } from '@ralph/protocol/process/log-keeper';
import { LAST_LINES, lastLines } from '@ralph/protocol/process/log-lines';
import type { Sandbox } from '@ralph/protocol/process/sandbox';
import type { SetupPlan } from './setup-plan.ts';

export interface SetupRun extends AgentFacts {
  readonly plan: SetupPlan;
  readonly baseCommit: string;
  readonly repoRoot: string;
  readonly logPath: string;
  readonly logLimitBytes: number;
  readonly logs: LogKeeper;
  /** Takes the secrets out of what the command printed. */
  readonly redact: (text: string) => string;
  readonly trees: ProcessTrees;
  readonly sandbox: Sandbox | undefined;
  readonly signal: AbortSignal;
  /** Tells a person what became of edits that no commit may hold. */
  readonly note: (text: string) => void;
}

/**
 * Runs the command of a set-up in a workspace, under the control and in the environment of an agent, until it and
 * everything that it started have ended. What it prints is appended to the attempt's log.
 *
 * @throws Failure `setup_failed`, `cancelled` when a stop came first
 */
export async function runSetup(run: SetupRun): Promise<void> {
  const { logPath, logLimitBytes, signal, taskId } = run;
  if (signal.aborted) throw cancelled();
  requireWanted(run);
  const log = new KeptLog(logPath, logLimitBytes);
  try {
    const end = await watchSetup(run, log);
    if (end.cause === 'exited') requireWanted(run);
    if (end.cause === 'exited' && end.exitCode === 0) return;
    if (end.cause === 'cancelled') throw cancelled();
    const last_lines = lastLines(log.tail(), LAST_LINES, run.redact);
    const said = last_lines.at(-1);
    throw new Failure('setup_failed', `the set-up ${endWords(end)}${said === undefined ? '' : `: ${said}`}`, {
      hint: `see what it printed: ralph-worker logs ${taskId}`,
      taskId,
      details: { last_lines },
    });
  } finally {
    log.close();
  }
}

async function watchSetup(run: SetupRun, log: KeptLog): Promise<TreeEnd> {
  const { plan, repoRoot, taskId, path } = run;
  const tree = await startSetup(run);
  const unwatch = run.logs.watch(log, { report: () => Promise.resolve(), idleMs: undefined, onIdle: () => {} });
  const limit =
    plan.timeoutMs === undefined
      ? undefined
      : setTimeout(() => void tree.end('timeout').catch(() => {}), timerMs(plan.timeoutMs));
  try {
    tree.release();
    return await tree.finished;
  } finally {
    clearTimeout(limit);
    if (tree.isGone) emptySeat({ repoRoot, taskId, path });
    await unwatch();
  }
}

async function startSetup(run: SetupRun): Promise<ProcessTree> {
  const { plan, repoRoot, taskId, attempt, path, logPath, trees, sandbox } = run;
  const log = openSync(logPath, 'a');
  try {
    const command = ['sh', '-c', plan.command];
    const env = agentEnvironment(run);
    const streams = { stdin: 'ignore', stdout: log, stderr: log } as const;
    const tree = await trees.start({ command, cwd: path, folder: path, env, sandbox, ...streams });
    try {
      recordAgent({ repoRoot, taskId, path }, attempt, tree);
      return tree;
    } catch (error) {
      tree.kill();
      throw error;
    }
  } finally {
    closeSync(log);
  }
}

function endWords({ cause, exitCode, signal }: TreeEnd): string {
  if (cause === 'timeout') return 'ran longer than it may';
  return signal === null ? `ended with status ${exitCode}` : `was ended by ${signal}`;
}

/** Whoever stops a set-up asks first and ends it then: however it ended, it was asked to. */
function requireWanted({ repoRoot, taskId, path }: SetupRun): void {
  if (isToStop({ repoRoot, taskId, path })) throw new Failure('cancelled', 'stopped on request', { taskId });
}

function cancelled(): Failure {
  return new Failure('cancelled', 'stopped while the workspace was set up');
}
