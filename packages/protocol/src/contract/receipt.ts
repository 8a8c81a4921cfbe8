import * as z from 'zod';
import { usage } from './usage.ts';

const number = z.int().min(0);

/** What something has cost, a task or a whole run. Every field is a sum: those of the tasks add up to that of the run. */
export const receipt = z.looseObject({
  attempts: number.describe('agents that were started'),
  commits: number.describe('commits of these agents'),
  changed_files: number,
  gates: number.describe('gate runs'),
  known_gates: number.describe('gates that had passed the same tree before and were not run again'),
  remedies: number.describe('resolvers that were run'),
  pushes: number.describe('tries to push until it landed'),
  agent_ms: number.describe('milliseconds of agents'),
  gate_ms: number.describe('milliseconds of gates; one that judged several tasks counts for the one it was run for'),
  remedy_ms: number.describe('milliseconds of resolvers'),
  total_ms: number.describe('milliseconds from the selection of a task to its end'),
  unreported: number.describe('agents and resolvers of these that said nothing of what they used'),
  tools: number.optional().describe('tools that agents said they used, edits not counted'),
  edits: number.optional().describe('edits of files that agents said they made'),
  usage: usage.optional().describe('what agents and resolvers said that they used; absent where none said anything'),
});

export type Receipt = z.infer<typeof receipt>;
