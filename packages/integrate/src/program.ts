import { completionCommand } from '@ralph/protocol/cli/completion/command';
import { command, type ProgramSpec } from '@ralph/protocol/cli/program';
import { ONE_OPTIONS, PREFLIGHT_OPTIONS, RUN_OPTIONS } from './options.ts';

export const program: ProgramSpec = {
  name: 'ralph-integrate',
  summary: 'get finished work onto the target branch',
  examples: [
    "ralph-integrate preflight --ci 'npm test'",
    "ralph-integrate one RQ-0001 --ci 'npm test' | ralph-state apply",
  ],
  commands: [
    command({
      words: ['run'],
      summary: 'Land the work of each agent.finished on stdin: rebase, gate, push, verify; pass everything else on.',
      options: RUN_OPTIONS,
      lingers: true,
      examples: [
        "ralph-state task list --runnable | ralph-worker run --agent claude | ralph-integrate run --ci 'npm test' | ralph-state apply",
      ],
      load: () => import('./commands/run.ts'),
    }),
    command({
      words: ['one'],
      summary: 'Land the work of one workspace.',
      operands: { name: 'ID', least: 1, most: 1, offers: ['workspaces'] },
      options: ONE_OPTIONS,
      examples: [
        "ralph-integrate one RQ-0001 --ci 'npm test' | ralph-state apply",
        'ralph-integrate one RQ-0001 --publish branch | ralph-state apply',
      ],
      load: () => import('./commands/one.ts'),
    }),
    command({
      words: ['preflight'],
      summary: 'Check that work could land with these options: remote, target branch, queue and done file.',
      options: PREFLIGHT_OPTIONS,
      examples: [
        'ralph-integrate preflight --target-branch main',
        "ralph-integrate preflight --ci 'npm test' --report",
      ],
      load: () => import('./commands/preflight.ts'),
    }),
    completionCommand('ralph-integrate', () => program),
  ],
};
