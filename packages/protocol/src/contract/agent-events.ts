import * as z from 'zod';
import { activity, activityCounts } from './activity.ts';
import { commitId, taskEnvelope } from './envelope.ts';
import { PHASES } from './phases.ts';
import { processIdentity } from './state-file.ts';
import { usage } from './usage.ts';

export const AGENT_END_REASONS = ['exited', 'timeout', 'idle_timeout', 'cancelled', 'spawn_failed'] as const;

const phase = z.enum(PHASES).optional().describe('which part of the task it does, where that has several');

const session = z.string().optional().describe('the name that the agent has given to its session');

const agent = z
  .looseObject({ name: z.string(), model: z.string().optional(), effort: z.string().optional() })
  .optional()
  .describe('which of the known agents it is');

/** What is told of the agents of a task. */
export const AGENT_EVENTS = {
  'agent.started': taskEnvelope.extend({
    pid: z.int().min(1),
    identity: processIdentity,
    workspace_path: z.string(),
    base_commit: commitId,
    log_path: z.string(),
    title: z.string().optional(),
    phase,
    agent,
  }),
  'agent.progress': taskEnvelope.extend({
    bytes: z.int().min(0).describe('written so far'),
    last_line: z.string(),
    phase,
    activity: activity.optional().describe('what it did last, where it says so in a form that is known'),
    counts: activityCounts.optional(),
    session,
    usage: usage.optional().describe('what it said that it used so far'),
  }),
  'agent.finished': taskEnvelope.extend({
    exit_code: z.int().nullable(),
    signal: z.string().nullable(),
    reason: z.enum(AGENT_END_REASONS),
    workspace_path: z.string(),
    base_commit: commitId,
    head_commit: commitId,
    commits: z.int().min(0).describe('commits on top of base_commit'),
    changed_files: z.int().min(0),
    log_path: z.string(),
    duration_ms: z.int().min(0).describe('milliseconds'),
    title: z.string().optional(),
    code: z
      .string()
      .optional()
      .describe('why its work is not to be integrated, where that does not show above: task.failed tells it next'),
    output_bytes: z.int().min(0).optional().describe('written by the agent, dropped output included'),
    last_lines: z.array(z.string()).optional().describe('the last 5 lines of output that say something'),
    command: z
      .array(z.string())
      .optional()
      .describe('what was run, as arguments; {prompt_file} stands for the file of its prompt, where prompt says so'),
    prompt: z.enum(['stdin', 'file']).optional().describe('how the prompt goes in (default: stdin)'),
    resume_command: z.array(z.string()).optional().describe('what goes on with its session, as command'),
    agent,
    session,
    session_usage: usage.optional().describe('what that has used, where its agent tells it again when it goes on'),
    counts: activityCounts.optional().describe('what it said that it did'),
    usage: usage.optional().describe('what it said that it used; absent where it did not say'),
  }),
} as const satisfies Record<string, z.ZodType>;
