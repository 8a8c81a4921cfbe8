import { describe, expect, it } from 'vitest';
import { choiceFor, phasesFrom, type AgentSources } from '../../src/agents/agent-choice.ts';
import type { Phase } from '../../src/contract/phases.ts';

type Case = readonly [title: string, phase: Phase, said: Partial<AgentSources>, choice: object];

const OPUS = { runner: 'claude', model: 'opus' };
const GPT = { runner: 'codex', model: 'gpt' };

describe('who does a phase of a task', () => {
  it.each<Case>([
    ['nobody', 'task', {}, {}],
    ['the configuration', 'task', { config: OPUS }, OPUS],
    ['the task, before the configuration', 'task', { task: GPT, config: OPUS }, GPT],
    ['the command line, before both', 'task', { flags: { runner: 'pi' }, task: GPT, config: OPUS }, { runner: 'pi' }],
    ['a phase, before the whole', 'plan', { config: { ...OPUS, phase_overrides: { phase1: GPT } } }, GPT],
    ['the whole, for another phase', 'implement', { config: { ...OPUS, phase_overrides: { phase1: GPT } } }, OPUS],
    ['the whole, where there are no phases', 'task', { config: { ...OPUS, phase_overrides: { phase1: GPT } } }, OPUS],
    ['the task, before a phase of the configuration', 'plan', { task: OPUS, config: phased(GPT) }, OPUS],
  ])('is said by %s', (_, phase, said, choice) => {
    expect(chosen(phase, said)).toEqual(choice);
  });

  it.each<Case>([
    [
      'of a stronger one, for the agent of a weaker',
      'task',
      { flags: { model: 'haiku' }, config: OPUS },
      claude('haiku'),
    ],
    ['of a weaker one that names the same', 'task', { flags: { runner: 'claude' }, config: OPUS }, OPUS],
    ['of one that names no agent', 'task', { flags: { runner: 'claude' }, config: { model: 'opus' } }, OPUS],
    ['of a task that names none', 'task', { flags: { runner: 'claude' }, task: { model: 'opus' } }, OPUS],
    ['of a phase that names none', 'plan', { flags: { runner: 'claude' }, config: phased({ model: 'opus' }) }, OPUS],
    [
      'of one that stands on the same agent',
      'task',
      { flags: { runner: 'claude' }, task: { model: 'haiku' }, config: OPUS },
      claude('haiku'),
    ],
    [
      'below one that speaks of another agent',
      'plan',
      { flags: { runner: 'claude' }, config: { ...OPUS, ...phased(GPT) } },
      OPUS,
    ],
    [
      'below one that speaks of another, without an agent',
      'plan',
      { task: { runner: 'claude' }, config: { model: 'opus', ...phased(GPT) } },
      OPUS,
    ],
  ])('has the model %s', (_, phase, said, choice) => {
    expect(chosen(phase, said)).toEqual(choice);
  });

  it.each<Case>([
    ['of one that names another', 'task', { flags: { runner: 'claude' }, config: GPT }, { runner: 'claude' }],
    [
      'of a task that stands on another',
      'task',
      { flags: { runner: 'claude' }, task: { model: 'gpt' }, config: { runner: 'codex' } },
      { runner: 'claude' },
    ],
    [
      'of a phase that stands on another',
      'plan',
      { task: { runner: 'claude' }, config: { runner: 'codex', ...phased({ model: 'gpt' }) } },
      { runner: 'claude' },
    ],
  ])('has no model %s', (_, phase, said, choice) => {
    expect(chosen(phase, said)).toEqual(choice);
  });

  it('has model and effort each from the strongest that speaks of its agent', () => {
    const task = { model: 'haiku', phase_overrides: { phase2: { ...GPT, reasoning_effort: 'low' } } };
    const config = { ...OPUS, reasoning_effort: 'high' };
    expect(chosen('review', { task, config })).toEqual({ runner: 'claude', model: 'haiku', effort: 'high' });
    expect(chosen('implement', { task, config })).toEqual({ ...GPT, effort: 'low' });
    expect(chosen('implement', { flags: { runner: 'claude' }, task, config })).toEqual({
      runner: 'claude',
      model: 'haiku',
      effort: 'high',
    });
  });
});

describe('the phases of a task', () => {
  it('are said by the command line, then the task, then the configuration', () => {
    expect(phasesFrom(sources({}))).toEqual(['task']);
    expect(phasesFrom(sources({ config: { phases: 2 } }))).toEqual(['plan', 'implement']);
    expect(phasesFrom(sources({ config: { phases: 2 }, task: { phases: 3 } }))).toHaveLength(3);
    expect(phasesFrom(sources({ config: { phases: 2 }, task: { phases: 3 }, flags: { phases: 1 } }))).toEqual(['task']);
  });
});

function chosen(phase: Phase, said: Partial<AgentSources>): object {
  return choiceFor(phase, sources(said));
}

function sources({ flags = {}, task, config = {} }: Partial<AgentSources>): AgentSources {
  return { flags, task, config };
}

function phased(phase1: object): object {
  return { phase_overrides: { phase1 } };
}

function claude(model: string): object {
  return { runner: 'claude', model };
}
