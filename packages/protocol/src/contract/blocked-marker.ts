import * as z from 'zod';

/** `.ralph/cache/parallel/blocked_push.json` in a workspace that is kept for a person (reference: part A13). */
export const blockedMarker = z.looseObject({
  task_id: z.string(),
  reason: z.string(),
  attempt: z.int().min(1),
  max_attempts: z.int().min(1),
  generated_at: z.string(),
  code: z.string().optional().describe('ours: the failure code'),
  conflict_files: z.array(z.string()).optional().describe('ours: the files in conflict'),
});

export type BlockedMarker = z.infer<typeof blockedMarker>;
