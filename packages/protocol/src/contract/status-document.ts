import * as z from 'zod';
import { stateFile } from './state-file.ts';

/** Version of the status document, shared with ralph-agent-loop 0.4. */
export const STATUS_VERSION = 3;

export const BLOCKING_STATUSES = ['waiting', 'blocked', 'stalled'] as const;

export const BLOCKING_KINDS = [
  'idle',
  'dependency_blocked',
  'schedule_blocked',
  'lock_blocked',
  'ci_blocked',
  'runner_recovery',
  'operator_recovery',
  'mixed_queue',
] as const;

const blockingState = z.looseObject({
  status: z.enum(BLOCKING_STATUSES),
  reason: z.looseObject({
    kind: z.enum(BLOCKING_KINDS),
    scope: z.string().optional(),
    reason: z.string().optional(),
    suggested_command: z.string().optional(),
    lock_path: z.string().optional(),
    owner: z.string().optional(),
    owner_pid: z.int().optional(),
  }),
  task_id: z.string().optional(),
  message: z.string(),
  detail: z.string(),
  observed_at: z.string().optional(),
});

const count = z.int().min(0);

const nextStep = z.looseObject({
  title: z.string(),
  command: z.string().describe('what a shell takes as it stands'),
  detail: z.string(),
});

/** What `ralph-state status` prints (reference: part A17). */
export const statusDocument = z.looseObject({
  version: z.literal(STATUS_VERSION),
  lifecycle_counts: z.looseObject({
    running: count.describe('what lives, or waits for its integration'),
    integrating: count,
    completed: count,
    failed: count,
    blocked: count,
    lost: count.describe('running or integrating, but its process is gone'),
    total: count,
  }),
  blocking: blockingState.optional(),
  continuation: z.looseObject({
    headline: z.string(),
    detail: z.string(),
    blocking: blockingState.optional(),
    next_steps: z.array(nextStep),
  }),
  lost: z.array(z.string()).describe('task ids'),
  queue: z.union([
    z.looseObject({
      tasks: count,
      runnable: count,
      waiting: z.looseObject({
        dependency: count,
        schedule: count,
        draft: count,
        blocked: count,
        scope: count.optional(),
        failed: count.optional(),
      }),
    }),
    z.looseObject({ error: z.looseObject({ code: z.string(), message: z.string() }) }),
  ]),
  status: z.union([
    z.looseObject({ schema_version: z.int(), workers: z.array(z.never()), message: z.string() }),
    stateFile,
  ]),
});

export type StatusDocument = z.infer<typeof statusDocument>;

export type BlockingState = z.infer<typeof blockingState>;

export type NextStep = z.infer<typeof nextStep>;
