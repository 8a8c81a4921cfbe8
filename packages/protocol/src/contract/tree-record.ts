import * as z from 'zod';
import { processIdentity } from './state-file.ts';

/** A process tree, as it is written down for whoever finds it after its maker was killed. */
export const recordedTree = z.looseObject({
  attempt: z.int().min(1),
  pid: z.int().min(2),
  start_time: z.string(),
  boot_id: z.string(),
  mark: z.string().regex(/^[0-9a-f]{16}\.[0-9a-f]{8}$/),
  cgroup: z.string().optional(),
});

export type RecordedTree = z.infer<typeof recordedTree>;

/** `.ralph/cache/parallel/agents/TASK.gate`: the gates that run for a task, and who judges by them. */
export const gateRecord = z.looseObject({
  task_id: z.string(),
  workspace_path: z.string().startsWith('/'),
  owner: processIdentity,
  gates: z.array(z.unknown()),
});
