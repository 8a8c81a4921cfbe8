import type { EventOf } from './events.ts';

type AgentFinished = EventOf<'agent.finished'>;

/** Tells whether an agent has ended as one that did its work. Pure. */
export function hasEndedWell({ reason, exit_code: exitCode, code }: AgentFinished): boolean {
  return reason === 'exited' && exitCode === 0 && code === undefined;
}

/** Tells whether the work of an agent is to be integrated; whatever else has ended is told by `task.failed`. Pure. */
export function isReady(event: AgentFinished): boolean {
  return hasEndedWell(event) && event.commits > 0;
}
