import { command, type ProgramSpec } from '@ralph/protocol/cli/program';
import { DEMO_OPTIONS, RUN_OPTIONS } from './options.ts';

export const program: ProgramSpec = {
  name: 'ralph-orchestrate',
  summary: 'run coding agents side by side on one repository and land their work',
  commands: [
    command({
      words: ['run'],
      summary:
        'Work through the queue: an agent for each task in its own workspace, its commits rebased, gated and pushed.',
      command: 'required',
      options: RUN_OPTIONS,
      examples: [
        "ralph-orchestrate run --workers 4 --ci 'npm test' -- claude -p",
        'ralph-state task list --runnable | ralph-orchestrate run --tasks - -- ./my-agent',
      ],
      load: () => import('./commands/run.ts'),
    }),
    command({
      words: ['demo'],
      summary: 'Show the whole road in a throw-away repository, with a small scripted agent: no network, no account.',
      options: DEMO_OPTIONS,
      load: () => import('./commands/demo.ts'),
    }),
  ],
};
