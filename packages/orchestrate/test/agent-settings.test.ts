import { describe, expect, it } from 'vitest';
import { choiceFor } from '@ralph/protocol/agents/agent-choice';
import { agentPlan } from '../src/settings/agent-settings.ts';
import { Settled, type Layer } from '../src/settings/layers.ts';
import type { SettingKey } from '../src/settings/setting-keys.ts';

type Said = Partial<Record<'runner' | 'model' | 'reasoning_effort', string | null>>;

const GPT: Said = { runner: 'codex', model: 'gpt', reasoning_effort: 'low' };

describe('the model of an agent', () => {
  it.each<[title: string, layers: Partial<Record<Layer['source'], Said>>, choice: object]>([
    ['of a file that names another than the command line', { project: GPT, flag: { runner: 'claude' } }, {}],
    ['of a file that names another than the environment', { project: GPT, environment: { runner: 'claude' } }, {}],
    ['of the user, where the project names another', { user: GPT, project: { runner: 'claude' } }, {}],
    [
      'of a file that stands on another',
      { user: { runner: 'codex' }, project: { model: 'gpt' }, flag: { runner: 'claude' } },
      {},
    ],
    ['that was taken back', { user: { runner: 'claude', model: 'opus' }, project: { model: null } }, {}],
    ['of a file that names none', { project: { model: 'opus' }, flag: { runner: 'claude' } }, { model: 'opus' }],
    [
      'of the weaker file, where that of the stronger is for another',
      { user: { runner: 'claude', model: 'opus' }, project: GPT, environment: { runner: 'claude' } },
      { model: 'opus' },
    ],
  ])('counts where it was said of the one that runs: that %s', (_, said, choice) => {
    const { flags, config } = agentPlan(new Settled(layersOf(said)));
    expect(choiceFor('task', { flags, config, task: undefined })).toEqual({ runner: 'claude', ...choice });
  });
});

function layersOf(said: Partial<Record<Layer['source'], Said>>): Layer[] {
  return Object.entries(said).map(([source, values]) => {
    const given = Object.entries(values).map(
      ([key, value]) => [`agent.${key}` as SettingKey, { value, from: source }] as const,
    );
    return { source: source as Layer['source'], given: new Map(given) };
  });
}
