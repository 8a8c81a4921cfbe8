import * as z from 'zod';
import { FAILURE_CODES, type FailureCode } from './failure.ts';

/** Everything that is looked at before a run, by name; who looks at what, and in which order it is told, stands elsewhere. */
export const PREFLIGHT_CHECKS = [
  'agent',
  'bookkeeping',
  'branch',
  'checkout',
  'clean',
  'config',
  'disk_space',
  'file_systems',
  'git',
  'hooks',
  'identity',
  'ignored_runtime_files',
  'lfs',
  'loop_lock',
  'machine',
  'node',
  'notifications',
  'origin',
  'programs',
  'prompts',
  'published_tasks',
  'push_rights',
  'queue',
  'queue_lock',
  'queue_path',
  'records',
  'sandbox',
  'signing',
  'state_file',
  'stop_request',
  'submodules',
  'target',
  'travelling_files',
  'trust',
  'workspace_root',
] as const;

export type PreflightCheck = (typeof PREFLIGHT_CHECKS)[number];

export const PREFLIGHT_LEVELS = ['ok', 'warning', 'error'] as const;

/** What one check has found: a line of `preflight --report` and of `ralph-orchestrate doctor`. */
export const preflightFinding = z.looseObject({
  check: z.enum(PREFLIGHT_CHECKS),
  level: z.enum(PREFLIGHT_LEVELS).describe('error: a run would not start'),
  code: z
    .enum(Object.keys(FAILURE_CODES) as [FailureCode, ...FailureCode[]])
    .optional()
    .describe('of an error: what a run would end with'),
  message: z.string(),
  hint: z.string().optional().describe('the next command'),
  facts: z.looseObject({}).optional().describe('what was found, for programs'),
});

export type PreflightFinding = z.infer<typeof preflightFinding>;
