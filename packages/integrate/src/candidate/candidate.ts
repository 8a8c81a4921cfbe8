import type { UsedBefore } from '@ralph/protocol/usage/usage-tally';
import { isReady } from '@ralph/protocol/contract/agent-end';
import type { AnyEvent, EventOf } from '@ralph/protocol/contract/events';

/** The finished work of one attempt at one task. */
export interface Candidate {
  readonly taskId: string;
  readonly attempt: number;
  readonly workspacePath: string;
  readonly title: string | undefined;
  /** What its agent was run as, where that is known. */
  readonly agent?: CandidateAgent | undefined;
}

/** How the agent of a task can be called again. */
export interface CandidateAgent {
  /** Program and arguments; `{prompt_file}` stands for the file of the prompt, where the prompt goes in by one. */
  readonly command: readonly string[];
  readonly prompt: 'stdin' | 'file';
  /** The same for what goes on with its session. */
  readonly resume: readonly string[] | undefined;
  /** What its session has used, where the agent tells that again. */
  readonly before?: UsedBefore | undefined;
}

/** Returns what an event offers for landing; nothing unless an agent has ended well and left commits. */
export function candidateOf(event: AnyEvent): Candidate | undefined {
  if (event.type !== 'agent.finished' || !isReady(event)) return undefined;
  const { task_id: taskId, attempt, workspace_path: workspacePath, title } = event;
  return { taskId, attempt, workspacePath, title, agent: agentOf(event) };
}

function agentOf(event: EventOf<'agent.finished'>): CandidateAgent | undefined {
  const { command, prompt, resume_command: resume, session, session_usage: usage } = event;
  if (command === undefined || command.length === 0) return undefined;
  return {
    command,
    prompt: prompt ?? 'stdin',
    resume: resume === undefined || resume.length === 0 ? undefined : resume,
    ...(session === undefined || usage === undefined ? {} : { before: { session, usage } }),
  };
}
