import * as z from 'zod';
import { TASK_STATUSES } from './task-status.ts';

const text = z.string();
const list = z.array(z.string());

/**
 * One task of the queue file, in the format of ralph-agent-loop 0.4 (its task contract). Only `id` and `title` are
 * asked for when reading; unknown fields are kept.
 */
export const task = z.looseObject({
  id: z.string().min(1),
  title: z.string().min(1),
  status: z.enum(TASK_STATUSES).optional(),
  priority: z.enum(['critical', 'high', 'medium', 'low']).optional(),
  description: text.nullish(),
  request: text.nullish(),
  created_at: text.optional(),
  updated_at: text.optional(),
  started_at: text.nullish(),
  completed_at: text.nullish(),
  scheduled_start: text.nullish(),
  tags: list.optional(),
  scope: list.optional(),
  evidence: list.optional(),
  plan: list.optional(),
  notes: list.optional(),
  depends_on: list.optional(),
  blocks: list.optional(),
  relates_to: list.optional(),
  duplicates: text.nullish(),
  parent_id: text.nullish(),
  agent: z
    .unknown()
    .optional()
    .describe('who does it: runner, model, model_effort, phases, phase_overrides; held against agent when it is begun'),
  attempt: z.int().min(1).optional().describe('ours: the next attempt number, on lines that ask for work'),
});

export type Task = z.infer<typeof task>;

/** The queue file and the done file. */
export const queueFile = z.looseObject({ version: z.literal(1), tasks: z.array(task) });

export type QueueFile = z.infer<typeof queueFile>;
