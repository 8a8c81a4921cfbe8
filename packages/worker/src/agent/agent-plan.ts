import { agentNames, callOf, presetOf, unknownAgent, type AgentCall } from '@ralph/protocol/agents/agent-call';
import { choiceFor, phasesFrom, type AgentChoice, type AgentSources } from '@ralph/protocol/agents/agent-choice';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import type { AgentPlan } from '@ralph/protocol/agents/doer';
import { taskAgent, type TaskAgent } from '@ralph/protocol/contract/agent-settings';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import type { Phase } from '@ralph/protocol/contract/phases';
import type { Task } from '@ralph/protocol/contract/task';
import { requireExecutable } from '@ralph/protocol/process/find-executable';

/** One part of a task, and who does it. */
export interface Step {
  readonly phase: Phase;
  readonly call: AgentCall;
}

/**
 * Returns the parts of a task in their order, each with the agent that does it.
 *
 * @param task nothing for a task that says nothing of its agent
 * @throws Failure `usage` when nobody has named an agent, `agent_spawn_failed` when the task asks for what there is not,
 *   `command_not_found`, `command_not_executable`
 */
export function stepsFor(plan: AgentPlan, task?: Task): readonly Step[] {
  const sources = sourcesOf(plan, task);
  return phasesFrom(sources).map((phase) => ({ phase, call: callFor(plan, sources, phase, task?.id) }));
}

/**
 * Returns the same without looking whether those agents are there.
 *
 * @throws Failure `agent_spawn_failed` when what the task asks for cannot be read
 */
export function choicesFor(
  plan: AgentPlan,
  task: Task,
): readonly { readonly phase: Phase; readonly choice: AgentChoice }[] {
  const sources = sourcesOf(plan, task);
  const named = plan.command === undefined;
  return phasesFrom(sources).map((phase) => ({ phase, choice: named ? choiceFor(phase, sources) : {} }));
}

/** A command behind `--` does every task whatever else was said: what a task says of its agent is not even read. */
function sourcesOf({ command, flags, config }: AgentPlan, task: Task | undefined): AgentSources {
  return { flags, config, task: command !== undefined || task === undefined ? undefined : askedBy(task) };
}

function callFor(plan: AgentPlan, sources: AgentSources, phase: Phase, taskId: string | undefined): AgentCall {
  const { config, approval, command } = plan;
  if (command !== undefined) return plainCall(command);
  const choice = choiceFor(phase, sources);
  const name = choice.runner;
  if (name === undefined) return plainCall(config.command ?? nobody());
  const preset = presetOf(name, config);
  if (preset === undefined) throw notKnown(name, plan, taskId);
  const call = callOf(name, preset, choice, approval);
  requireInstalled(call);
  return call;
}

function plainCall(words: readonly string[]): AgentCall {
  requireExecutable(words[0] ?? '', process.cwd());
  return { words, prompt: 'stdin' };
}

function nobody(): never {
  throw new Failure('usage', 'no agent is named: neither by --agent nor after --', {
    hint: 'ralph-worker run --agent claude, or: ralph-worker run -- CMD',
  });
}

function askedBy({ id, agent }: Task): TaskAgent | undefined {
  if (agent === undefined || agent === null) return undefined;
  const parsed = taskAgent.safeParse(agent);
  if (parsed.success) return parsed.data;
  throw new Failure('agent_spawn_failed', `the agent that ${id} asks for: ${describeIssue(parsed.error)}`, {
    hint: `ralph-state task list  # and mend the agent of ${id} in the queue`,
  });
}

function notKnown(name: string, { config, flags }: AgentPlan, taskId: string | undefined): Failure {
  const what = unknownAgent(name, config);
  if (taskId === undefined || flags.runner === name) {
    return new Failure('usage', what, {
      hint: 'ralph-worker run --agent NAME',
      details: { known: agentNames(config) },
    });
  }
  return new Failure('agent_spawn_failed', `${taskId}: ${what}`, {
    hint: `ralph-state task list  # and mend its agent in the queue, or add agent.presets to the configuration`,
  });
}

/** An agent that is missing is told with how it is installed. */
function requireInstalled({ words, name, preset }: AgentCall): void {
  try {
    requireExecutable(words[0] ?? '', process.cwd());
  } catch (error) {
    if (!isFailure(error) || error.code !== 'command_not_found') throw error;
    const hint = preset?.install ?? error.parts.hint ?? '';
    throw new Failure('command_not_found', `the agent ${name ?? ''} is not installed: ${error.message}`, { hint });
  }
}
