import * as z from 'zod';
import { agentName, agentPresets } from './agent-preset.ts';
import { commandArgv } from './command-argv.ts';

/**
 * Names of models and efforts become words of command lines, where one that begins with a dash would be an option. They are
 * shown, too: control characters and signs that nobody sees are not in them.
 */
export const modelName = z
  .string()
  .regex(/^[^\s\p{C}-][^\s\p{C}]{0,199}$/u, 'must be one word that does not begin with a dash');

/** Which agent, and how it is called; what is not said is left to who says less. */
const choice = {
  runner: agentName.nullish().describe('the agent: one of those that are known, or of agent.presets'),
  model: modelName.nullish().describe('its model, by its own name'),
};

/** By phase. */
const overrides = <T extends z.ZodType>(one: T) =>
  z.looseObject({ phase1: one.nullish(), phase2: one.nullish(), phase3: one.nullish() });

/** How often an agent is run for one task: it does it, or plans it first, or has it reviewed as well. */
export const phaseCount = z.int().min(1).max(3);

export const phaseChoice = z.looseObject({ ...choice, reasoning_effort: modelName.nullish() });

export const phaseOverrides = overrides(phaseChoice);

/** How far an agent may go without asking: it may edit files, or run commands as well. */
export const APPROVALS = ['edits', 'all'] as const;

export type Approval = (typeof APPROVALS)[number];

/** What `ralph-worker run --agent-config` takes: what a configuration says of agents. */
export const agentConfig = z.strictObject({
  ...choice,
  reasoning_effort: modelName.nullish(),
  approval: z.enum(APPROVALS).nullish(),
  phases: phaseCount.nullish(),
  phase_overrides: phaseOverrides.nullish(),
  presets: agentPresets.nullish(),
  command: commandArgv.nullish(),
});

/** The `agent` field of a task (reference: part A21); its other fields have no effect. */
export const taskAgent = z.looseObject({
  ...choice,
  model_effort: modelName.nullish(),
  phases: phaseCount.nullish(),
  phase_overrides: phaseOverrides.nullish(),
});

export type PhaseOverrides = z.infer<typeof phaseOverrides>;

export type AgentConfig = z.infer<typeof agentConfig>;

export type TaskAgent = z.infer<typeof taskAgent>;
