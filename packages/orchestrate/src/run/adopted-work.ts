import type { AgentCall } from '@ralph/protocol/agents/agent-call';
import type { EventOf } from '@ralph/protocol/contract/events';
import type { Task } from '@ralph/protocol/contract/task';

/** The end of an agent as an earlier run has seen it, for work that is finished and is yet to land. */
export type AdoptedWork = EventOf<'agent.finished'>;

/**
 * Returns what the integrator is to be told of a task whose kept commits are to land without a new agent.
 *
 * @param resume what ralph-state says of the attempt that is kept
 * @param doer the agent that this run has for the task: it mends the work where no resolver is named
 */
export function adoptedWork(
  task: Task,
  resume: Readonly<Record<string, unknown>>,
  { doer, now }: { readonly doer: AgentCall | undefined; readonly now: Date },
): AdoptedWork {
  const told = {
    exit_code: 0,
    signal: null,
    reason: 'exited',
    commits: 1,
    changed_files: 0,
    log_path: '',
    duration_ms: 0,
    title: task.title,
    ...(doer === undefined ? {} : { command: doer.words, prompt: doer.prompt }),
    ...resume,
  };
  return { ...told, v: 1, type: 'agent.finished', at: now.toISOString(), task_id: task.id } as unknown as AdoptedWork;
}
