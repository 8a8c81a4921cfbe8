import * as z from 'zod';

/**
 * What `.ralph/loop.lock` holds: the three keys of ralph-core 2.9 and ours beside them. It is a note for people and
 * for other tools; whether the lock is held is only known to the kernel.
 */
export const lockRecord = z.looseObject({
  pid: z.int().min(0).max(4294967295).describe('the process that lives as long as the lock'),
  started: z.string().describe('when it took the lock, RFC 3339'),
  prompt: z.string(),
  state: z.enum(['held', 'released']).optional(),
  start_time: z.string().optional().describe('when the process began, in the terms of its system'),
  token: z.string().optional().describe('new with every take'),
  boot_id: z.string().optional(),
  host: z.string().optional(),
  user: z.string().optional(),
  cwd: z.string().optional(),
  version: z.string().optional().describe('of the tool that took it'),
  pid_namespace: z.string().optional().describe('where the pid means something, on Linux'),
  inherited: z.boolean().optional().describe('whether its command has the lock as well'),
  owner: z
    .looseObject({ pid: z.int(), start_time: z.string() })
    .optional()
    .describe('the process for which a coprocess on a leash holds it'),
});

export type LockRecord = z.infer<typeof lockRecord>;
