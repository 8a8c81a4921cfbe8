import { timerMs } from '@ralph/protocol/cli/timer-ms';
import type { ProcessTree, TreeEnd } from '@ralph/protocol/process/process-tree';
import { isToStop, leaveSeat, type Seat } from './claimed-seat.ts';
import type { Usage } from '@ralph/protocol/contract/usage';
import type { KeptLog } from '@ralph/protocol/process/kept-log';
import { LAST_LINES, lastLines } from '@ralph/protocol/process/log-lines';
import { UsageTally } from '@ralph/protocol/usage/usage-tally';
import { withoutSecret } from '@ralph/protocol/usage/without-secret';
import { rateLimitIn, type RateLimit } from '../run/rate-limit.ts';
import { openLog, seatOf, startAgent, type AgentRun } from './start-agent.ts';
import type { RunContext } from '../run/run-context.ts';

/** How many of the last lines are searched for the words of a limit. */
const SEARCHED_LINES = 20;

/** How an agent has ended, and what it said. */
export interface AgentEnd extends TreeEnd {
  /** Whether `ralph-worker stop` was asked for it; its cause is then `cancelled`. */
  readonly isRequested: boolean;
  /** Written in all, dropped output included. */
  readonly outputBytes: number;
  /** The last lines that say something, without secrets. */
  readonly lastLines: readonly string[];
  /** What it said of a limit of its provider, in case it failed. */
  readonly limit: RateLimit | undefined;
  /** What it said that it used; nothing when it did not say. */
  readonly usage: Usage | undefined;
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
  const tree = await startAgent(context, run, ports?.base).catch((error: unknown) => {
    ports?.release(false);
    throw error;
  });
  run.guard.holdAgent(() => tree.end('cancelled'));
  const tally = new UsageTally();
  log.showTo(tally);
  try {
    const end = await watchAgent(context, run, tree, log);
    const requested = requestedEnd(end, seatOf(context, run));
    // What the agent has put there itself is a secret too.
    secrets.learnFrom(path);
    const lines = lastLines(log.tail(), SEARCHED_LINES, secrets.redact);
    const limit = rateLimitIn(lines, context.rateLimit, Date.now());
    // At once: what it has left takes a while to find, and others would start meanwhile.
    if (limit !== undefined && requested.cause === 'exited' && (end.exitCode ?? 0) !== 0)
      context.quota.close(run.task.id, { reason: lines.at(-1) ?? '', ...limit }, Date.now());
    const usage = withoutSecret(tally.end(), secrets.redact);
    return { ...end, ...requested, outputBytes: log.bytes, lastLines: lines.slice(-LAST_LINES), limit, usage };
  } finally {
    if (tree.isGone) leaveSeat(seatOf(context, run));
    ports?.release(tree.isGone);
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
      const [last_line = ''] = lastLines(log.tail(), 1, secrets.redactSoFar);
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

function endInTime(tree: ProcessTree, cause: 'timeout' | 'idle_timeout'): void {
  // Its end is awaited through `finished`.
  tree.end(cause).catch(() => {});
}
