import type { AnyEvent } from '@ralph/protocol/contract/events';

/** The finished work of one attempt at one task. */
export interface Candidate {
  readonly taskId: string;
  readonly attempt: number;
  readonly workspacePath: string;
  readonly title: string | undefined;
}

/** Returns what an event offers for landing; nothing unless an agent has ended well and left commits. */
export function candidateOf(event: AnyEvent): Candidate | undefined {
  if (event.type !== 'agent.finished') return undefined;
  if (event.reason !== 'exited' || event.exit_code !== 0 || event.commits === 0) return undefined;
  return { taskId: event.task_id, attempt: event.attempt, workspacePath: event.workspace_path, title: event.title };
}
