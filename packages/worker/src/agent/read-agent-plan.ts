import { isAbsolute, resolve } from 'node:path';
import type { OptionValues } from '@ralph/protocol/cli/options';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { agentConfig, modelName, type AgentConfig } from '@ralph/protocol/contract/agent-settings';
import { lightJson } from '@ralph/protocol/contract/light-json';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import type { AGENT_CHOICE_OPTIONS } from '../options.ts';
import { usualApproval, type AgentPlan } from '@ralph/protocol/agents/doer';

type Args = OptionValues<typeof AGENT_CHOICE_OPTIONS> & { readonly sandbox: 'none' | 'bwrap' };

/**
 * Reads who does the tasks of a run.
 *
 * @param command what stood behind `--`
 * @throws Failure `usage`
 */
export function readAgentPlan(program: string, args: Args, command: readonly string[]): AgentPlan {
  const { agent, model, effort, phases } = args;
  if (agent !== undefined && command.length > 0) {
    throw usageFailure(program, '--agent and a command after -- exclude each other');
  }
  for (const [name, value] of Object.entries({ model, effort })) {
    if (value !== undefined && !modelName.safeParse(value).success)
      throw usageFailure(program, `--${name} must be one word that does not begin with a dash`);
  }
  if (phases !== undefined && phases > 3) throw usageFailure(program, '--phases must be 1, 2 or 3');
  const config = configOf(program, args['agent-config']);
  const usual = config.approval ?? usualApproval(args.sandbox !== 'none');
  return {
    command: command.length === 0 ? undefined : fromAnywhere(command),
    flags: { runner: agent, model, effort, phases },
    approval: args.approval ?? usual,
    config: { ...config, command: config.command === null ? undefined : config.command },
  };
}

/** Tells whether anything names an agent. */
export function namesAgent(args: Args, command: readonly string[]): boolean {
  return args.agent !== undefined || args['agent-config'] !== undefined || command.length > 0;
}

function configOf(program: string, text: string | undefined): AgentConfig {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = lightJson(text);
  } catch {
    throw usageFailure(program, '--agent-config is not JSON');
  }
  const parsed = agentConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  throw usageFailure(program, `--agent-config: ${describeIssue(parsed.error)}`);
}

/** An agent is started in another folder than the one in which its path was typed. */
function fromAnywhere([name = '', ...words]: readonly string[]): readonly string[] {
  return [name.includes('/') && !isAbsolute(name) ? resolve(name) : name, ...words];
}
