import * as z from 'zod';

/**
 * `.ralph/cache/parallel/handoffs/TASK/attempt_N.json` in a workspace: what somebody needs to know to mend what kept the
 * work from landing (reference: part A13, whose fields come first).
 */
export const handoff = z.looseObject({
  task_id: z.string(),
  task_title: z.string(),
  target_branch: z.string(),
  attempt: z.int().min(1).describe('which try this is'),
  max_attempts: z.int().min(1),
  conflict_files: z.array(z.string()),
  git_status: z.string(),
  phase_summary: z.string(),
  task_intent: z.string(),
  ci_context: z
    .looseObject({
      command: z.string(),
      last_output: z.string(),
      exit_code: z.int(),
      log_path: z.string().optional().describe('ours: the whole output'),
    })
    .nullish(),
  generated_at: z.string(),
  queue_done_rules: z.looseObject({ rules: z.array(z.string()) }),
  code: z.string().optional().describe('ours: the failure code'),
  reason: z.string().optional().describe('ours: words for a person'),
});

export type Handoff = z.infer<typeof handoff>;

/** `.ralph/cache/parallel/ci-failure-marker` in a workspace: the gate that kept its work from landing. */
export const ciFailureMarker = z.looseObject({
  task_id: z.string(),
  command: z.string(),
  exit_code: z.int().nullable(),
  log_path: z.string(),
  generated_at: z.string(),
});

export type CiFailureMarker = z.infer<typeof ciFailureMarker>;
