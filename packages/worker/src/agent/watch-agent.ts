import { timerMs } from '@ralph/protocol/cli/timer-ms';
import type { Doings } from '@ralph/protocol/agents/doings';
import { shownActivity } from '@ralph/protocol/agents/shown-activity';
import type { KeptLog } from '@ralph/protocol/process/kept-log';
import { lastLines } from '@ralph/protocol/process/log-lines';
import type { ProcessTree, TreeEnd } from '@ralph/protocol/process/process-tree';
import type { UsageTally } from '@ralph/protocol/usage/usage-tally';
import { withoutSecret } from '@ralph/protocol/usage/without-secret';
import type { Step } from './agent-plan.ts';
import type { AgentRun } from './start-agent.ts';
import type { RunContext } from '../run/run-context.ts';

/** An agent that was started and waits at its gate. */
export interface Watched {
  readonly context: RunContext;
  readonly run: AgentRun;
  readonly step: Step;
  readonly tree: ProcessTree;
  readonly log: KeptLog;
  readonly tally: UsageTally;
  readonly doings: Doings;
}

/** Lets an agent go, tells who it is and what it does, ends it at its limits, and returns how it has ended. */
export async function watchAgent(watched: Watched): Promise<TreeEnd> {
  const { context, run, step, tree, log } = watched;
  const { task, attempt, path, logPath } = run;
  const { output, timeoutMs } = context;
  const of = { task_id: task.id, attempt };
  const part = run.steps.length === 1 ? {} : { phase: step.phase };
  await output.event('agent.started', {
    ...of,
    pid: tree.pid,
    identity: tree.identity,
    workspace_path: path,
    base_commit: run.baseCommit,
    log_path: logPath,
    title: task.title,
    ...part,
    ...agentOf(step),
  });
  const unwatch = context.logs.watch(log, {
    report: async () => {
      await output.event('agent.progress', { ...of, ...part, ...progressOf(watched) });
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

/** Returns what is told of who an agent is; nothing for a command that is none of those that are known. */
export function agentOf({ call }: Step): { agent?: { name: string; model?: string; effort?: string } } {
  const { name, model, effort } = call;
  if (name === undefined) return {};
  return { agent: { name, ...(model === undefined ? {} : { model }), ...(effort === undefined ? {} : { effort }) } };
}

function progressOf({ context, log, tally, doings }: Watched) {
  const { secrets } = context;
  const [last_line = ''] = lastLines(log.tail(), 1, secrets.redactSoFar);
  const { last, counts, session } = doings;
  const usage = withoutSecret(tally.soFar(), secrets.redact);
  return {
    bytes: log.bytes,
    last_line,
    ...(last === undefined ? {} : { activity: shownActivity(last, secrets.redact) }),
    ...(counts === undefined ? {} : { counts }),
    ...(session === undefined ? {} : { session }),
    ...(usage === undefined ? {} : { usage }),
  };
}

function endInTime(tree: ProcessTree, cause: 'timeout' | 'idle_timeout'): void {
  // Its end is awaited through `finished`.
  tree.end(cause).catch(() => {});
}
