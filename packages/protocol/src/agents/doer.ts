import { taskAgent, type AgentConfig, type Approval } from '../contract/agent-settings.ts';
import { callOf, presetOf, type AgentCall } from './agent-call.ts';
import { choiceFor, phasesFrom, type AgentFlags } from './agent-choice.ts';

/** Who does the tasks of a run, as far as that does not depend on the task. */
export interface AgentPlan {
  /** What stood behind `--`: it does every task, whatever else was said. */
  readonly command: readonly string[] | undefined;
  readonly flags: AgentFlags;
  readonly approval: Approval;
  readonly config: AgentConfig;
}

/**
 * Returns how the agent is called that does the work of a task, whatever comes before and behind it; nothing where that
 * cannot be said.
 *
 * @param agent the field of the task
 */
export function doerOf(plan: AgentPlan, agent?: unknown): AgentCall | undefined {
  const { command, flags, config, approval } = plan;
  if (command !== undefined) return { words: command, prompt: 'stdin' };
  const sources = { flags, config, task: taskAgent.safeParse(agent).data };
  const [phase = 'task'] = phasesFrom(sources).filter((each) => each === 'task' || each === 'implement');
  const choice = choiceFor(phase, sources);
  const name = choice.runner;
  if (name === undefined) {
    const words = config.command ?? undefined;
    return words === undefined ? undefined : { words, prompt: 'stdin' };
  }
  const preset = presetOf(name, config);
  return preset === undefined ? undefined : callOf(name, preset, choice, approval);
}

/** Returns how far agents may go where nobody has said: one that is locked in can do no harm by a command. */
export function usualApproval(isLockedIn: boolean): Approval {
  return isLockedIn ? 'all' : 'edits';
}
