import { resumeWords } from '@ralph/protocol/agents/agent-call';
import type { EventFields } from '@ralph/protocol/contract/events';
import type { FailureCode } from '@ralph/protocol/contract/failure';
import { agentOf } from '../agent/watch-agent.ts';
import type { AgentEnd } from '../agent/run-agent.ts';
import type { FoundWork } from '../work/work-left.ts';
import type { Attempt } from './fail-task.ts';
import type { RunContext } from './run-context.ts';

/** How the agent of an attempt has ended. */
export interface AgentRunEnd {
  readonly agent: AgentEnd;
  readonly baseCommit: string;
  readonly durationMs: number;
}

/** The same with what it left. */
export interface AttemptEnd extends AgentRunEnd {
  readonly work: FoundWork;
}

/**
 * Tells by `agent.finished` how an agent has ended, what it used and what it left.
 *
 * @param code why its work is not to be integrated
 */
export async function sayFinished(
  context: RunContext,
  attempt: Attempt,
  end: AttemptEnd,
  code: FailureCode | undefined,
): Promise<void> {
  const { agent } = end;
  await context.output.event('agent.finished', {
    task_id: attempt.task.id,
    attempt: attempt.number,
    exit_code: agent.exitCode,
    signal: agent.signal,
    reason: agent.cause,
    workspace_path: attempt.path,
    base_commit: end.baseCommit,
    ...workOf(context, attempt, end),
    ...(code === undefined ? {} : { code }),
    output_bytes: agent.outputBytes,
    last_lines: [...agent.lastLines],
  });
}

/** Returns what is told of an agent's work: to whoever listens now, and in its workspace to whoever did not. */
export function workOf(context: RunContext, attempt: Attempt, { agent, work, durationMs }: AttemptEnd) {
  return {
    head_commit: work.head,
    commits: work.commits,
    changed_files: work.changedFiles,
    log_path: attempt.logPath,
    duration_ms: durationMs,
    title: attempt.task.title,
    ...toldCommand(context, agent),
    ...agentOf(agent.doer),
    ...(agent.counts === undefined ? {} : { counts: agent.counts }),
    ...(agent.usage === undefined ? {} : { usage: agent.usage }),
  };
}

type Told = Pick<EventFields<'agent.finished'>, 'command' | 'prompt' | 'resume_command' | 'session' | 'session_usage'>;

/** Whoever mends the work later runs it again: with a part taken out it would be another command. */
function toldCommand({ secrets }: RunContext, { doer, session, sessionUsage }: AgentEnd): Told {
  const { call } = doer;
  const isOpen = (words: readonly string[]) => words.every((word) => secrets.redact(word) === word);
  if (!isOpen(call.words)) return {};
  const resume = session === undefined ? undefined : resumeWords(call, session);
  return {
    command: [...call.words],
    ...(call.prompt === 'file' ? { prompt: call.prompt } : {}),
    ...(resume === undefined || !isOpen(resume) ? {} : { resume_command: resume }),
    ...(session === undefined ? {} : { session }),
    ...(sessionUsage === undefined ? {} : { session_usage: sessionUsage }),
  };
}
