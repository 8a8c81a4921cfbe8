import * as z from 'zod';

/**
 * The `parallel` section of `.ralph/config.jsonc`, with the keys, ranges and defaults of ralph-agent-loop 0.4.
 * Unknown keys are refused, so that a misspelt setting is not silently ignored.
 */
export const parallelSettings = z.strictObject({
  workers: z.int().min(1).max(255).nullish().describe('agents that run side by side'),
  workspace_root: z.string().min(1).nullish().describe('folder that holds the workspaces'),
  max_push_attempts: z.int().min(1).max(255).nullish(),
  push_backoff_ms: z.array(z.int().min(0)).nullish(),
  workspace_retention_hours: z.int().min(1).nullish(),
  ignored_file_allowlist: z.array(z.string()).nullish(),
  landing_scopes: z
    .record(z.string().regex(/^[a-z\d][a-z\d_-]{0,63}$/i), z.array(z.string().min(1)).min(1))
    .nullish()
    .describe(
      'ours: parts of the repository by name, as git path patterns, whose work need not wait for that of other parts',
    ),
});

export type ParallelSettings = z.infer<typeof parallelSettings>;

/** `.ralph/config.jsonc`: sections of other tools are left alone. */
export const configFile = z.looseObject({
  version: z.literal(2).optional(),
  parallel: parallelSettings.optional(),
});

export type ConfigFile = z.infer<typeof configFile>;
