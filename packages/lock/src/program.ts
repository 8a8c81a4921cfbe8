import { completionCommand } from '@ralph/protocol/cli/completion/command';
import { command, type ProgramSpec } from '@ralph/protocol/cli/program';
import { HOLD_OPTIONS, LOCK_OPTIONS, RUN_OPTIONS, STATUS_OPTIONS } from './options.ts';

export const program: ProgramSpec = {
  name: 'ralph-lock',
  summary: 'one loop at a time in a repository',
  examples: ['ralph-lock run -- make release', 'ralph-lock run --wait=10m -- ./loop.sh', 'ralph-lock status'],
  commands: [
    command({
      words: ['run'],
      summary: 'Hold the lock while a command runs; its status is passed on, 75 if the lock is held by another.',
      command: 'required',
      options: RUN_OPTIONS,
      examples: ['ralph-lock run -- make release', 'ralph-lock run --wait=10m --prompt "nightly" -- ./loop.sh'],
      load: () => import('./commands/run.ts'),
    }),
    command({
      words: ['hold'],
      summary: 'Take the lock, say lock.acquired, and hold it until stdin ends.',
      options: HOLD_OPTIONS,
      examples: ['sleep 1h | ralph-lock hold --prompt "maintenance until noon"'],
      load: () => import('./commands/hold.ts'),
    }),
    command({
      words: ['status'],
      summary: 'Tell whether the lock is held and by whom, without taking it.',
      options: STATUS_OPTIONS,
      examples: ['ralph-lock status', 'ralph-lock status --check && echo nobody is at work here'],
      load: () => import('./commands/status.ts'),
    }),
    command({
      words: ['read'],
      summary: 'Print the last record of the lock, held or not; 6 if there is none.',
      options: LOCK_OPTIONS,
      examples: ['ralph-lock read | jq .pid'],
      load: () => import('./commands/read.ts'),
    }),
    completionCommand('ralph-lock', () => program),
  ],
};
