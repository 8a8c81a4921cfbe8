import { nearestWord } from '../cli/nearest-word.ts';
import type { AgentPreset } from '../contract/agent-preset.ts';
import type { AgentConfig, Approval } from '../contract/agent-settings.ts';
import { agentWords } from './agent-argv.ts';
import type { AgentChoice } from './agent-choice.ts';
import { BUILT_IN_PRESETS } from './built-in-presets.ts';

/** How an agent is called for one phase of a task. */
export interface AgentCall {
  /** Its arguments; where the prompt goes in by a file, `{prompt_file}` stands for that. */
  readonly words: readonly string[];
  readonly prompt: 'stdin' | 'file';
  /** Nothing for a command that is no preset. */
  readonly preset?: AgentPreset | undefined;
  readonly name?: string | undefined;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  readonly approval?: Approval | undefined;
}

/** Returns the preset of an agent: the user's own, or one that is known; nothing where there is none of that name. */
export function presetOf(name: string, { presets }: AgentConfig): AgentPreset | undefined {
  if (presets !== null && presets !== undefined && Object.hasOwn(presets, name)) return presets[name];
  return Object.hasOwn(BUILT_IN_PRESETS, name) ? BUILT_IN_PRESETS[name] : undefined;
}

/** Returns the names of all agents that can be asked for. */
export function agentNames({ presets }: AgentConfig): string[] {
  return [...new Set([...Object.keys(BUILT_IN_PRESETS), ...Object.keys(presets ?? {})])];
}

/** Returns what is wrong with the name of an agent that is not known, for a person. */
export function unknownAgent(name: string, config: AgentConfig): string {
  const names = agentNames(config);
  const near = nearestWord(name, names);
  return `no agent is called ${JSON.stringify(name)}: ${near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`}`;
}

/** Returns how a chosen agent is called. */
export function callOf(
  name: string,
  preset: AgentPreset,
  { model, effort }: AgentChoice,
  approval: Approval,
): AgentCall {
  const words = agentWords(preset, { model, effort, approval });
  return { words, prompt: preset.prompt ?? 'stdin', preset, name, model, effort, approval };
}

/** Returns the arguments with which the session of a call goes on; nothing where that cannot be. */
export function resumeWords({ preset, model, effort, approval }: AgentCall, session: string): string[] | undefined {
  if (preset?.resume === undefined || preset.resume === null || approval === undefined) return undefined;
  return agentWords(preset, { model, effort, session, approval });
}
