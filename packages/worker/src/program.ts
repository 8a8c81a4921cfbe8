import { command, type ProgramSpec } from '@ralph/protocol/cli/program';
import {
  COMMIT_OPTIONS,
  LIST_OPTIONS,
  LOGS_OPTIONS,
  PREFLIGHT_OPTIONS,
  PREPARE_OPTIONS,
  REAP_OPTIONS,
  REMOVE_OPTIONS,
  RUN_OPTIONS,
  STOP_OPTIONS,
  TRUST_OPTIONS,
} from './options.ts';

const ONE_ID = { name: 'ID', least: 1, most: 1 } as const;

export const program: ProgramSpec = {
  name: 'ralph-worker',
  summary: 'one task in a workspace of its own',
  commands: [
    command({
      words: ['run'],
      summary: 'Read tasks, run an agent for each in a workspace of its own, and say how it ended.',
      command: 'required',
      options: RUN_OPTIONS,
      examples: ['ralph-state task list --runnable | ralph-worker run --jobs 4 -- claude -p'],
      load: () => import('./commands/run.ts'),
    }),
    command({
      words: ['prepare'],
      summary: 'Make a workspace for a task, without an agent.',
      operands: ONE_ID,
      options: PREPARE_OPTIONS,
      load: () => import('./commands/prepare.ts'),
    }),
    command({
      words: ['commit'],
      summary: 'Commit the edits in the workspace of a task, as after an agent; what no commit may add is left out.',
      operands: ONE_ID,
      options: COMMIT_OPTIONS,
      examples: ['ralph-worker commit RQ-0001'],
      load: () => import('./commands/commit.ts'),
    }),
    command({
      words: ['remove'],
      summary: 'Remove the workspace of a task; what is neither landed nor parked is kept as a salvage ref.',
      operands: ONE_ID,
      options: REMOVE_OPTIONS,
      load: () => import('./commands/remove.ts'),
    }),
    command({
      words: ['list'],
      summary: 'List the workspaces, those that are kept for reuse, or the work that was kept of removed ones.',
      options: LIST_OPTIONS,
      load: () => import('./commands/list.ts'),
    }),
    command({
      words: ['stop'],
      summary: 'End the agents of tasks, whoever runs them, and wait until they are gone.',
      operands: { name: 'ID…', least: 1, most: Number.POSITIVE_INFINITY },
      options: STOP_OPTIONS,
      examples: ['ralph-worker stop RQ-0001'],
      load: () => import('./commands/stop.ts'),
    }),
    command({
      words: ['reap'],
      summary: 'Remove what agents that are gone have left, after keeping its work.',
      options: REAP_OPTIONS,
      load: () => import('./commands/reap.ts'),
    }),
    command({
      words: ['logs'],
      summary: 'Print what the agent of a task wrote.',
      operands: ONE_ID,
      options: LOGS_OPTIONS,
      load: () => import('./commands/logs.ts'),
    }),
    command({
      words: ['preflight'],
      summary: 'Check that a run with these options could start here, and say with which branch and folders.',
      command: 'optional',
      options: PREFLIGHT_OPTIONS,
      load: () => import('./commands/preflight.ts'),
    }),
    command({
      words: ['trust'],
      summary: 'Say whether the configuration of this repository may run commands, and why not.',
      options: TRUST_OPTIONS,
      examples: ['ralph-worker trust'],
      load: () => import('./commands/trust.ts'),
    }),
  ],
};
