import { closeSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { asIoFailure, Failure, isFailure } from '@ralph/protocol/contract/failure';
import type { Task } from '@ralph/protocol/contract/task';
import type { ProcessTree, TreeEnd } from '@ralph/protocol/process/process-tree';
import { agentEnvironment } from './agent-environment.ts';
import { isToStop, leaveSeat, recordAgent, type Seat } from './claimed-seat.ts';
import { KeptLog } from './kept-log.ts';
import { lastLines } from './log-lines.ts';
import { promptText } from './prompt.ts';
import type { AttemptGuard } from '../run/attempt-guard.ts';
import type { RunContext } from '../run/run-context.ts';
import { promptPath } from '../workspace/workspace-marker.ts';

const LAST_LINES = 5;

export interface AgentRun {
  readonly task: Task;
  readonly attempt: number;
  readonly path: string;
  readonly baseCommit: string;
  readonly logPath: string;
  readonly guard: AttemptGuard;
}

/** How an agent has ended, and what it said. */
export interface AgentEnd extends TreeEnd {
  /** Whether `ralph-worker stop` was asked for it; its cause is then `cancelled`. */
  readonly isRequested: boolean;
  /** Written in all, dropped output included. */
  readonly outputBytes: number;
  /** The last lines that say something, without secrets. */
  readonly lastLines: readonly string[];
}

/**
 * Runs the agent in a workspace until it and everything that it started have ended. It is announced by
 * `agent.started` before the first of its instructions runs, so that nobody can die without having said who it was.
 *
 * @throws Failure `agent_spawn_failed`, `cancelled` when a stop came first
 */
export async function runAgent(context: RunContext, run: AgentRun): Promise<AgentEnd> {
  const log = openLog(run.logPath, context.logLimitBytes);
  try {
    return await runLogged(context, run, log);
  } finally {
    log.close();
  }
}

async function runLogged(context: RunContext, run: AgentRun, log: KeptLog): Promise<AgentEnd> {
  const { path } = run;
  const { secrets } = context;
  secrets.learnFrom(path);
  const ports = await context.ports.lease();
  const tree = await startTree(context, run, ports?.base).catch((error: unknown) => {
    ports?.release();
    throw error;
  });
  run.guard.holdAgent(() => tree.end('cancelled'));
  try {
    const end = await watchAgent(context, run, tree, log);
    const requested = requestedEnd(end, seatOf(context, run));
    // What the agent has put there itself is a secret too.
    secrets.learnFrom(path);
    return {
      ...end,
      ...requested,
      outputBytes: log.bytes,
      lastLines: lastLines(log.tail(), LAST_LINES, secrets.redact),
    };
  } finally {
    if (tree.isGone) leaveSeat(seatOf(context, run));
    ports?.release();
  }
}

async function watchAgent(context: RunContext, run: AgentRun, tree: ProcessTree, log: KeptLog): Promise<TreeEnd> {
  const { task, attempt, path, logPath } = run;
  const { output, timeoutMs, secrets } = context;
  const of = { task_id: task.id, attempt };
  await output.event('agent.started', {
    ...of,
    pid: tree.pid,
    identity: tree.identity,
    workspace_path: path,
    base_commit: run.baseCommit,
    log_path: logPath,
    title: task.title,
  });
  const unwatch = context.logs.watch(log, {
    report: async () => {
      const [last_line = ''] = lastLines(log.tail(), 1, secrets.redact);
      await output.event('agent.progress', { ...of, bytes: log.bytes, last_line });
    },
    idleMs: context.idleTimeoutMs,
    onIdle: () => endInTime(tree, 'idle_timeout'),
  });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => endInTime(tree, 'timeout'), timerMs(timeoutMs));
  try {
    tree.release();
    return await tree.finished;
  } finally {
    clearTimeout(timer);
    await unwatch();
  }
}

/** Whoever stops an agent asks first and ends it then: however it ended, it was asked to. */
function requestedEnd(end: TreeEnd, seat: Seat): Pick<AgentEnd, 'isRequested' | 'cause'> {
  const isRequested = end.cause === 'exited' && isToStop(seat);
  return { isRequested, cause: isRequested ? 'cancelled' : end.cause };
}

function seatOf({ site }: RunContext, { task, path }: AgentRun): Seat {
  return { repoRoot: site.repo.root, taskId: task.id, path };
}

function endInTime(tree: ProcessTree, cause: 'timeout' | 'idle_timeout'): void {
  // Its end is awaited through `finished`.
  tree.end(cause).catch(() => {});
}

async function startTree(context: RunContext, run: AgentRun, portBase: number | undefined): Promise<ProcessTree> {
  const { task, attempt, path, logPath } = run;
  const opened: number[] = [];
  try {
    const log = openSync(logPath, 'a');
    opened.push(log);
    const stdin = openPrompt(promptPath(path), task);
    opened.push(stdin);
    const of = { taskId: task.id, title: task.title, attempt, path, branch: context.branch };
    const env = agentEnvironment({ ...of, portBase });
    if (context.signal.aborted) throw new Failure('cancelled', 'stopped before the agent was started');
    if (isToStop(seatOf(context, run))) throw new Failure('cancelled', 'stopped on request');
    const { command, trees } = context;
    const streams = { stdin, stdout: log, stderr: log };
    const tree = await trees.start({ command, cwd: path, folder: path, env, ...streams });
    return recorded(seatOf(context, run), attempt, tree);
  } catch (error) {
    if (isFailure(error) && (error.code === 'cancelled' || error.code === 'agent_spawn_failed')) throw error;
    throw notStarted(error, 'start the agent', `${commandLine(context.command)}  # try it by hand`);
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function openLog(path: string, limitBytes: number): KeptLog {
  try {
    return new KeptLog(path, limitBytes);
  } catch (error) {
    throw notStarted(
      error,
      `write the log ${path}`,
      `${commandLine(['ls', '-ld', dirname(path)])}  # may you write it?`,
    );
  }
}

function openPrompt(path: string, task: Task): number {
  try {
    writeFileSync(path, promptText(task));
    return openSync(path, 'r');
  } catch (error) {
    throw notStarted(error, `write ${path}`, `${commandLine(['ls', '-ld', dirname(path)])}  # may you write it?`);
  }
}

/** The hint is a command that can be pasted: it is shown as the next one to type. */
function notStarted(error: unknown, doing: string, hint: string): Failure {
  const cause = asIoFailure(error, doing);
  return new Failure('agent_spawn_failed', cause instanceof Error ? cause.message : String(cause), { cause, hint });
}

function recorded(seat: Seat, attempt: number, tree: ProcessTree): ProcessTree {
  try {
    recordAgent(seat, attempt, tree);
    return tree;
  } catch (error) {
    tree.kill();
    throw error;
  }
}
