import type { EventOf } from '@ralph/protocol/contract/events';
import type { Task } from '@ralph/protocol/contract/task';

/** The end of an agent as an earlier run has seen it, for work that is finished and is yet to land. */
export type AdoptedWork = EventOf<'agent.finished'>;

/**
 * Returns what the integrator is to be told of a task whose kept commits are to land without a new agent.
 *
 * @param resume what ralph-state says of the attempt that is kept
 * @param command the agent of this run: it mends the work where no resolver is named
 */
export function adoptedWork(
  task: Task,
  resume: Readonly<Record<string, unknown>>,
  { command, now }: { readonly command: readonly string[]; readonly now: Date },
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
    command,
    ...resume,
  };
  return { ...told, v: 1, type: 'agent.finished', at: now.toISOString(), task_id: task.id } as unknown as AdoptedWork;
}
