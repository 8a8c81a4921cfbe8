import type { AnyEvent } from '@ralph/protocol/contract/events';

/** The finished work of one attempt at one task. */
export interface Candidate {
  readonly taskId: string;
  readonly attempt: number;
  readonly workspacePath: string;
  readonly title: string | undefined;
  /** What its agent was run as; nothing when that is not known. */
  readonly command?: readonly string[] | undefined;
}

/** Returns what an event offers for landing; nothing unless an agent has ended well and left commits. */
export function candidateOf(event: AnyEvent): Candidate | undefined {
  if (event.type !== 'agent.finished') return undefined;
  if (event.reason !== 'exited' || event.exit_code !== 0 || event.commits === 0) return undefined;
  const { task_id: taskId, attempt, workspace_path: workspacePath, title, command } = event;
  return { taskId, attempt, workspacePath, title, command };
}
