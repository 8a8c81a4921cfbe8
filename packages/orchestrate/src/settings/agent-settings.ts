import { usualApproval, type AgentPlan } from '@ralph/protocol/agents/doer';
import type { AgentConfig } from '@ralph/protocol/contract/agent-settings';
import { optionWords } from '@ralph/protocol/cli/option-words';
import { Settled, SOURCES } from './layers.ts';
import type { SettingKey } from './setting-keys.ts';

/** What ralph-worker is told of agents: options, and a command behind `--`. */
export interface AgentWords {
  readonly options: readonly string[];
  readonly command: readonly string[];
}

/** Settings that say which agent does something; without effect where a command stands behind `--`. */
export const AGENT_KEYS = [
  'agent.runner',
  'agent.model',
  'agent.reasoning_effort',
  'agent.approval',
  'agent.phase_overrides',
  'agent.presets',
] as const satisfies readonly SettingKey[];

/** Returns who does the tasks of a run: flags count before what a task says, everything else behind it. */
export function agentPlan(settled: Settled): AgentPlan {
  const flag = <K extends SettingKey>(key: K) => {
    const { source, value } = settled.get(key);
    return source === 'flag' && value !== null ? value : undefined;
  };
  return {
    command: flag('agent.command') ?? undefined,
    flags: {
      runner: flag('agent.runner') ?? undefined,
      model: flag('agent.model') ?? undefined,
      effort: flag('agent.reasoning_effort') ?? undefined,
      phases: flag('agent.phases'),
    },
    approval: settled.value('agent.approval') ?? usualApproval(settled.value('agent.sandbox') !== 'none'),
    config: configOf(settled),
  };
}

/** Returns what ralph-worker is told of it. */
export function agentWords({ command, flags, approval, config }: AgentPlan): AgentWords {
  const { runner, model, effort, phases } = flags;
  const named = { '--agent': runner, '--model': model, '--effort': effort, '--phases': phases };
  const given = Object.entries(named).flatMap(([flag, value]) =>
    value === undefined ? [] : optionWords(flag, String(value)),
  );
  const isEmpty = Object.keys(config).length === 0;
  const rest = isEmpty ? [] : optionWords('--agent-config', JSON.stringify(config));
  return { options: [...given, '--approval', approval, ...rest], command: command ?? [] };
}

/**
 * Returns what files and environment say of agents: of a runner and a command the one that was said later. What a flag
 * overrules is told, too: a model that was said of that agent is none for another.
 */
function configOf(all: Settled): AgentConfig {
  const settled = new Settled(all.layers.filter(({ source }) => source !== 'flag'));
  const below = <K extends SettingKey>(key: K) => {
    const { source, value } = settled.get(key);
    const isNothing = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
    return source === 'default' || isNothing ? undefined : value;
  };
  const rank = (key: SettingKey) => SOURCES.indexOf(settled.get(key).source);
  const command = below('agent.command');
  const runner = below('agent.runner');
  const isCommand = command !== undefined && (runner === undefined || rank('agent.command') >= rank('agent.runner'));
  const who = isCommand
    ? { command: command ?? undefined }
    : {
        runner: runner ?? undefined,
        model: saidOfRunner(settled, 'agent.model'),
        reasoning_effort: saidOfRunner(settled, 'agent.reasoning_effort'),
      };
  const config = {
    ...who,
    phases: below('agent.phases'),
    phase_overrides: below('agent.phase_overrides'),
    presets: below('agent.presets'),
  };
  // What was not said would be told as nothing.
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

/** Returns what the last layer says that names it and stands on no other agent than the one that counts. */
function saidOfRunner(settled: Settled, key: 'agent.model' | 'agent.reasoning_effort'): string | undefined {
  const runner = settled.value('agent.runner');
  for (let { layers } = settled; ;) {
    const said = new Settled(layers);
    const { source, value } = said.get(key);
    if (value === null) return undefined;
    const upTo = layers.filter((layer) => SOURCES.indexOf(layer.source) <= SOURCES.indexOf(source));
    const meant = new Settled(upTo).value('agent.runner');
    if (meant === null || meant === runner) return value;
    layers = upTo.filter((layer) => layer.source !== source);
  }
}
