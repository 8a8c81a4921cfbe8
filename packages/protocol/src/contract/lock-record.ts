import * as z from 'zod';

/**
 * What `.ralph/loop.lock` holds: the three keys of ralph-core 2.9 and ours beside them. It is a note for people and
 * for other tools; whether the lock is held is only known to the kernel.
 */
export const lockRecord = z.looseObject({
  pid: z.int().min(0).max(4294967295),
  started: z.string(),
  prompt: z.string(),
  state: z.enum(['held', 'released']).optional(),
  process_start: z.string().optional(),
  boot_id: z.string().optional(),
  host: z.string().optional(),
  user: z.string().optional(),
  token: z.string().optional(),
  cwd: z.string().optional(),
  version: z.string().optional(),
});

export type LockRecord = z.infer<typeof lockRecord>;
