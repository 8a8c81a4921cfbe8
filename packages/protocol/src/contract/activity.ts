import * as z from 'zod';

export const ACTIVITY_KINDS = ['text', 'tool', 'edit', 'limit', 'error', 'done'] as const;

/** What an agent does, in words that are the same for all of them. */
export const activity = z.object({
  kind: z.enum(ACTIVITY_KINDS),
  text: z.string().describe('what it says, runs or edits; cut off where it is long'),
  tool: z.string().optional().describe('what it uses, by its own name'),
});

export type Activity = z.infer<typeof activity>;

/** How often an agent has said that it did something. */
export const activityCounts = z.object({
  tools: z.int().min(0).describe('tools that it used, edits not counted'),
  edits: z.int().min(0).describe('files that it edited, each time counted'),
});

export type ActivityCounts = z.infer<typeof activityCounts>;
