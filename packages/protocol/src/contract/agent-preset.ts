import * as z from 'zod';

/** A word of a command line, or several that are left out together. */
const word = z.union([z.string(), z.array(z.string()).min(1)], {
  error: 'must be words, or lists of words that are left out together',
});

const words = z.array(word);

const line = words
  .refine(([program]) => typeof program === 'string' && program.trim() !== '', 'must begin with a program')
  .refine(([program]) => typeof program !== 'string' || !program.includes('{'), 'its program must be a fixed name');

/**
 * How an agent is called. In its words `{model}`, `{effort}`, `{session}` and `{prompt_file}` stand for what is known of a
 * run, and a list among the words is left out where something that it names is not known. The word `{approval}` stands for
 * those of the approval that is wanted.
 */
export const agentPreset = z.strictObject({
  command: line.describe('program and arguments'),
  resume: line.nullish().describe('the same for a session that goes on, which is {session}'),
  prompt: z.enum(['stdin', 'file']).nullish().describe('how the prompt goes in: on stdin, or as {prompt_file}'),
  approval: z
    .strictObject({ edits: words.nullish(), all: words.nullish() })
    .nullish()
    .describe('words for how far it may go without asking'),
  least_version: z
    .string()
    .regex(/^\d+(?:\.\d+){0,2}$/, 'must be a version such as 1.2.3')
    .nullish()
    .describe('the oldest release that is known to work; it is asked by --version'),
  install: z.string().nullish().describe('what to type to install it'),
});

export type AgentPreset = z.infer<typeof agentPreset>;

/** Names of agents are words of command lines and of files. */
export const agentName = z.string().regex(/^[a-z\d][a-z\d._-]{0,63}$/i, 'must be a short name without spaces');

export const agentPresets = z.record(agentName, agentPreset);
