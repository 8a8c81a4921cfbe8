import { command, type ProgramSpec } from '@ralph/protocol/cli/program';
import {
  APPLY_OPTIONS,
  INIT_OPTIONS,
  LIST_OPTIONS,
  NO_OPTIONS,
  SCHEMA_OPTIONS,
  TASK_ADD_OPTIONS,
  TASK_LIST_OPTIONS,
  TASK_NEXT_OPTIONS,
} from './options.ts';

export const program: ProgramSpec = {
  name: 'ralph-state',
  summary: 'the one writer of the shared state file, the queue and the done file',
  commands: [
    command({
      words: ['init'],
      summary: 'Make the state file ready for a run: drop old records, report lost ones, set the target branch.',
      options: INIT_OPTIONS,
      examples: ['ralph-state init --target-branch main'],
      load: () => import('./commands/init.ts'),
    }),
    command({
      words: ['list'],
      summary: 'Print the record of every attempt that is known.',
      options: LIST_OPTIONS,
      examples: ['ralph-state list | jq .task_id', 'ralph-state list --lifecycle failed --lifecycle blocked_push'],
      load: () => import('./commands/list.ts'),
    }),
    command({
      words: ['get'],
      summary: 'Print the record of one task; status 6 when there is none.',
      operands: { name: 'ID', least: 1, most: 1 },
      options: NO_OPTIONS,
      examples: ['ralph-state get RQ-0001'],
      load: () => import('./commands/get.ts'),
    }),
    command({
      words: ['remove'],
      summary:
        'Drop the record of a task that has ended, so that a run may take the task again; its work is not touched.',
      operands: { name: 'ID', least: 1, most: 1 },
      options: NO_OPTIONS,
      examples: ['ralph-state remove RQ-0001'],
      load: () => import('./commands/remove.ts'),
    }),
    command({
      words: ['apply'],
      summary: 'Fold the events on stdin into the state file; a task that has landed is moved from the queue to done.',
      options: APPLY_OPTIONS,
      lingers: true,
      examples: ['ralph-integrate run --ci "npm test" < finished.ndjson | ralph-state apply'],
      load: () => import('./commands/apply.ts'),
    }),
    command({
      words: ['task', 'list'],
      summary: 'Print the tasks of the queue.',
      options: TASK_LIST_OPTIONS,
      examples: ['ralph-state task list --runnable | ralph-worker run --jobs 4 -- claude -p'],
      load: () => import('./commands/task-list.ts'),
    }),
    command({
      words: ['task', 'next'],
      summary: 'Print the task that would be started next; nothing, and status 0, when there is none.',
      options: TASK_NEXT_OPTIONS,
      load: () => import('./commands/task-next.ts'),
    }),
    command({
      words: ['task', 'add'],
      summary: 'Add tasks to the end of the queue, from --title or a task per line of stdin, and print them.',
      options: TASK_ADD_OPTIONS,
      examples: ['ralph-state task add --title "Mend the login page"'],
      load: () => import('./commands/task-add.ts'),
    }),
    command({
      words: ['task', 'archive'],
      summary: 'Move a task from the queue to the done file; one that is there already is left as it is.',
      operands: { name: 'ID', least: 1, most: 1 },
      options: NO_OPTIONS,
      load: () => import('./commands/task-archive.ts'),
    }),
    command({
      words: ['task', 'validate'],
      summary: 'Check the queue and the done file; status 65 and every problem when there are any.',
      options: NO_OPTIONS,
      load: () => import('./commands/task-validate.ts'),
    }),
    command({
      words: ['schema'],
      summary: 'List the published schemas, or print one as JSON Schema.',
      operands: { name: 'NAME', least: 0, most: 1 },
      options: SCHEMA_OPTIONS,
      examples: ['ralph-state schema state-file', 'ralph-state schema event.task.completed'],
      load: () => import('./commands/schema.ts'),
    }),
  ],
};
