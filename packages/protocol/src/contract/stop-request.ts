import * as z from 'zod';

/** What `.ralph/cache/stop_requested` holds where ralph-orchestrate wrote it: whom it means, by the record of the lock. */
export const stopRequest = z.looseObject({
  pid: z.int().min(0),
  start_time: z.string(),
  token: z.string().optional(),
  at: z.string(),
});

export type StopRequest = z.infer<typeof stopRequest>;
