import { AGENT_OPTIONS } from '@ralph/protocol/agents/agent-options';
import type { OptionSpecs } from '@ralph/protocol/cli/options';
import { SANDBOX_ASKED } from '@ralph/protocol/cli/sandbox-options';
import { BUSY_OPTIONS } from './loops/busy-options.ts';
import { LOOP_OPTIONS } from './run/loop-options.ts';
import { INTEGRATOR_OPTIONS, WORKER_OPTIONS } from './settings/handed-options.ts';
import { QUOTA_OPTIONS } from './quota/quota-options.ts';
import { FORCE_OPTION } from './start/start-options.ts';

export const RUN_OPTIONS = {
  workers: {
    kind: 'count',
    describe: 'agents that run side by side (default: parallel.workers of the config, else 2)',
  },
  ...AGENT_OPTIONS,
  'max-tasks': { kind: 'count', describe: 'start at most this many tasks' },
  tasks: {
    kind: 'text',
    value: 'FILE|-',
    describe: 'take tasks from a file or stdin instead of the queue: NDJSON lines, or a queue file',
  },
  'target-branch': {
    kind: 'text',
    value: 'BRANCH',
    describe: 'where the work lands (default: the branch checked out in the main worktree)',
  },
  ci: { kind: 'text', value: 'CMD', describe: 'the gate: run by sh in the workspace; only what passes it is pushed' },
  'no-ci': { kind: 'flag', describe: 'run no gate, whatever the configuration says' },
  publish: {
    kind: 'choice',
    choices: ['push', 'branch', 'pr'],
    fallback: 'push',
    describe:
      'what is done with work that is green: pushed to the target, or published as branch ralph/TASK for a review',
  },
  'pr-command': {
    kind: 'text',
    value: 'CMD',
    describe: 'with --publish pr: run by sh in the workspace once the branch is pushed, as `gh pr create`',
  },
  ...LOOP_OPTIONS,
  ...QUOTA_OPTIONS,
  resolver: {
    kind: 'text',
    value: 'CMD',
    describe: "mends a conflict or a red gate: run by sh in the workspace (default: the task's own agent)",
  },
  'no-resolver': { kind: 'flag', describe: 'run no resolver: a conflict or a red gate blocks the task' },
  ...BUSY_OPTIONS,
  'no-live': { kind: 'flag', describe: 'only lines of events on a terminal, no table below them' },
  'include-draft': { kind: 'flag', describe: 'take drafts too, when nothing else is left' },
  ...FORCE_OPTION,
  'workspace-root': {
    kind: 'text',
    value: 'DIR',
    describe: 'folder of the workspaces (default: beside the repository)',
  },
  'metrics-file': {
    kind: 'text',
    value: 'FILE',
    describe: 'keep the figures of the run in a file for Prometheus (a textfile collector) as it goes on',
  },
  ...SANDBOX_ASKED,
  ...WORKER_OPTIONS,
  ...INTEGRATOR_OPTIONS,
} as const satisfies OptionSpecs;

export const CONFIG_OPTIONS = {} as const satisfies OptionSpecs;

export const DEMO_OPTIONS = {
  workers: { kind: 'count', fallback: 4, describe: 'agents that run side by side' },
} as const satisfies OptionSpecs;
