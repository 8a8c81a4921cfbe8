import type { AgentConfig, TaskAgent } from '../contract/agent-settings.ts';
import { overrideKey, phasesOf, type Phase } from '../contract/phases.ts';

/** Which agent does something, as far as it was said. */
export interface AgentChoice {
  /** The name of a preset; nothing where a command was named, or nobody has said. */
  readonly runner?: string | undefined;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
}

/** What was said on a command line. */
export interface AgentFlags extends AgentChoice {
  readonly phases?: number | undefined;
}

export interface AgentSources {
  readonly flags: AgentFlags;
  /** Of the task. */
  readonly task: TaskAgent | undefined;
  readonly config: AgentConfig;
}

/** Returns the phases that a task has: the command line decides, then the task, then the configuration; else one. */
export function phasesFrom({ flags, task, config }: AgentSources): readonly Phase[] {
  return phasesOf(flags.phases ?? task?.phases ?? config.phases ?? 1);
}

/**
 * Returns who does a phase of a task: the command line decides, then what the task says of the phase, what it says of
 * all, and the same of the configuration. Model and effort each come from the strongest of these that names them and
 * speaks of that agent: it names it, or names none and the next weaker one that does names it too, or there is no such
 * one. Another agent has no use for their names.
 */
export function choiceFor(phase: Phase, { flags, task, config }: AgentSources): AgentChoice {
  const key = overrideKey(phase);
  const ofPhase = (from: TaskAgent | AgentConfig | undefined): AgentChoice => {
    const own = key === undefined ? undefined : from?.phase_overrides?.[key];
    return said(own?.runner, own?.model, own?.reasoning_effort);
  };
  const strongestFirst = [
    flags,
    ofPhase(task),
    said(task?.runner, task?.model, task?.model_effort),
    ofPhase(config),
    said(config.runner, config.model, config.reasoning_effort),
  ];
  const runner = firstOf(strongestFirst, 'runner');
  const speakOfIt = strongestFirst.filter((_, index) => {
    const meant = firstOf(strongestFirst.slice(index), 'runner');
    return meant === undefined || meant === runner;
  });
  return { runner, model: firstOf(speakOfIt, 'model'), effort: firstOf(speakOfIt, 'effort') };
}

type Maybe = string | null | undefined;

function said(runner: Maybe, model: Maybe, effort: Maybe): AgentChoice {
  return { runner: runner ?? undefined, model: model ?? undefined, effort: effort ?? undefined };
}

function firstOf(choices: readonly AgentChoice[], key: keyof AgentChoice): string | undefined {
  return choices.find((choice) => choice[key] !== undefined)?.[key];
}
