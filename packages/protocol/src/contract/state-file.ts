import * as z from 'zod';
import { commitId } from './envelope.ts';
import { LIFECYCLES } from './lifecycle.ts';

export const lifecycle = z.enum(LIFECYCLES);

/** Names a process beyond its number: a pid is reused, the start time and the boot are not. */
export const processIdentity = z.looseObject({
  pid: z.int().min(1),
  start_time: z.string().describe('field 22 of /proc/PID/stat, or what ps prints; empty when unknown'),
  boot_id: z.string(),
});

export type ProcessIdentity = z.infer<typeof processIdentity>;

/**
 * One attempt at a task. The first seven fields are ralph-agent-loop's; the rest are ours and optional, so that either
 * tool reads the other's file. Unknown fields survive a rewrite.
 */
export const workerRecord = z.looseObject({
  task_id: z.string().min(1),
  workspace_path: z.string().default(''),
  lifecycle: lifecycle.default('running'),
  started_at: z.string().default(''),
  completed_at: z.string().nullish(),
  push_attempts: z.int().min(0).default(0),
  last_error: z.string().nullish(),
  title: z.string().optional(),
  attempt: z.int().min(1).optional(),
  identity: processIdentity.optional(),
  target_branch: z.string().optional().describe('ours: the branch that the attempt is to land on'),
  base_commit: commitId.optional(),
  head_commit: commitId.optional(),
  pushed_commit: commitId.optional(),
  log_path: z.string().optional(),
  error_code: z.string().optional(),
  salvage_ref: z.string().optional(),
  next_command: z.string().optional().describe('ours: what a person types next'),
  land_command: z.string().optional().describe('ours: what lands it after a person has mended it'),
  retry_requested_at: z.string().optional().describe('ours: a person asked for it to be run again'),
  retry_fresh: z.boolean().optional().describe('ours: by a new agent, not from the commits that are kept'),
  followups: z.array(z.looseObject({})).optional().describe('ours: tasks that are still to be added to the queue'),
  failed_attempt: z.int().min(1).optional().describe('ours: the latest attempt that counts among its failures'),
  failures: z.int().min(0).optional().describe('ours: how often it has failed since it last landed or was asked for'),
});

export type WorkerRecord = z.infer<typeof workerRecord>;

export const stateFile = z.looseObject({
  schema_version: z.int().min(0).default(1),
  started_at: z.string().default(''),
  target_branch: z.string().default(''),
  workers: z.array(workerRecord).default([]),
  revision: z.int().min(0).optional().describe('ours: grows by one with every change'),
});

export type StateFile = z.infer<typeof stateFile>;
