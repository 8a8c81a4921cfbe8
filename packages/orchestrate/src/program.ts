import { completionCommand } from '@ralph/protocol/cli/completion/command';
import { command, type ProgramSpec } from '@ralph/protocol/cli/program';
import { DOCTOR_OPTIONS } from './doctor/doctor-options.ts';
import { HISTORY_OPTIONS } from './history/history-options.ts';
import { INIT_OPTIONS } from './init/init-options.ts';
import { CONFIG_OPTIONS, DEMO_OPTIONS, RUN_OPTIONS } from './options.ts';
import { NOTIFY_OPTIONS } from './notify/notify-options.ts';
import { PROMPT_OPTIONS } from './prompt/prompt-options.ts';
import { REPORT_RUN_OPTIONS } from './report/report-options.ts';
import { RETRY_OPTIONS, STATUS_OPTIONS } from './status/status-options.ts';
import { STOP_OPTIONS } from './stop/stop-options.ts';

export const program: ProgramSpec = {
  name: 'ralph-orchestrate',
  summary: 'run coding agents side by side on one repository and land their work',
  examples: [
    'ralph-orchestrate init',
    'ralph-orchestrate doctor --agent claude',
    "ralph-orchestrate run --agent claude --workers 4 --ci 'npm test'",
    'ralph-orchestrate status --follow',
  ],
  commands: [
    command({
      words: ['run'],
      summary:
        'Work through the queue: an agent for each task in its own workspace, its commits rebased, gated and pushed.',
      command: 'optional',
      options: RUN_OPTIONS,
      examples: [
        "ralph-orchestrate run --workers 4 --ci 'npm test' --agent claude",
        'ralph-state task list --runnable | ralph-orchestrate run --tasks - -- ./my-agent',
        'ralph-orchestrate run --watch --workers 2 -- ./my-agent',
      ],
      load: () => import('./commands/run.ts'),
    }),
    command({
      words: ['prompt', 'show'],
      summary: 'Print what an agent would be told for a task, phase by phase, as it would get it; starts none.',
      operands: { name: 'ID', least: 1, most: 1, offers: ['tasks'] },
      options: PROMPT_OPTIONS,
      examples: [
        'ralph-orchestrate prompt show RQ-0001',
        'ralph-orchestrate prompt show RQ-0001 --phases 3 --phase plan',
      ],
      load: () => import('./commands/prompt-show.ts'),
    }),
    command({
      words: ['stop'],
      summary: 'Ask the run of this repository to finish what runs, start nothing more, and end; from any shell.',
      options: STOP_OPTIONS,
      examples: ['ralph-orchestrate stop --wait=10m'],
      load: () => import('./commands/stop.ts'),
    }),
    command({
      words: ['status'],
      summary: 'Say how things stand, who runs, and what the next run would do first; changes nothing.',
      options: STATUS_OPTIONS,
      examples: ['ralph-orchestrate status', 'ralph-orchestrate status --follow'],
      load: () => import('./commands/status.ts'),
    }),
    command({
      words: ['history'],
      summary: 'List the runs on record, the newest first; or the tasks of one (its id, the beginning of it, or last).',
      operands: { name: 'RUN', least: 0, most: 1, offers: ['runs'] },
      options: HISTORY_OPTIONS,
      examples: ['ralph-orchestrate history --limit 5', 'ralph-orchestrate history last'],
      load: () => import('./commands/history.ts'),
    }),
    command({
      words: ['report'],
      summary: 'Write a page about one run (default: the last) with its timeline, costs and failures; or export it.',
      operands: { name: 'RUN', least: 0, most: 1, offers: ['runs'] },
      options: REPORT_RUN_OPTIONS,
      examples: ['ralph-orchestrate report', 'ralph-orchestrate report last --as otlp --output run.jsonl'],
      load: () => import('./commands/report.ts'),
    }),
    command({
      words: ['retry'],
      summary: 'Ask for blocked or failed tasks again: from their kept commits where there are any.',
      operands: { name: 'ID…', least: 1, most: Number.POSITIVE_INFINITY, offers: ['records'] },
      options: RETRY_OPTIONS,
      examples: ['ralph-orchestrate retry RQ-0001', 'ralph-orchestrate retry RQ-0001 --fresh'],
      load: () => import('./commands/retry.ts'),
    }),
    command({
      words: ['config'],
      summary: 'Print each setting, where it came from, and what is wrong with the configuration; or one by its key.',
      operands: { name: 'KEY', least: 0, most: 1, offers: ['settings'] },
      options: CONFIG_OPTIONS,
      examples: ['ralph-orchestrate config', 'ralph-orchestrate config parallel.workers'],
      load: () => import('./commands/config.ts'),
    }),
    command({
      words: ['init'],
      summary: 'Set a repository up: an empty queue, a configuration with every key explained, ignore rules, trust.',
      options: INIT_OPTIONS,
      examples: ['ralph-orchestrate init --dry-run', 'ralph-orchestrate init --gitignore --no-trust'],
      load: () => import('./commands/init.ts'),
    }),
    command({
      words: ['doctor'],
      summary: 'Look at everything a run needs, say what is wrong and the command that mends it; changes nothing.',
      command: 'optional',
      options: DOCTOR_OPTIONS,
      examples: ['ralph-orchestrate doctor', 'ralph-orchestrate doctor --agent claude'],
      load: () => import('./commands/doctor.ts'),
    }),
    command({
      words: ['notify', 'test'],
      summary: 'Tell every target of notifications, or one, of a test now, and say what came back.',
      operands: { name: 'TARGET', least: 0, most: 1, offers: ['targets'] },
      options: NOTIFY_OPTIONS,
      examples: ['ralph-orchestrate notify test'],
      load: () => import('./commands/notify-test.ts'),
    }),
    command({
      words: ['notify', 'send'],
      summary: 'Tell every target of notifications, or one, now what the runs so far could not tell it.',
      operands: { name: 'TARGET', least: 0, most: 1, offers: ['targets'] },
      options: NOTIFY_OPTIONS,
      examples: ['ralph-orchestrate notify send'],
      load: () => import('./commands/notify-send.ts'),
    }),
    command({
      words: ['notify', 'list'],
      summary: 'Print the targets of notifications, and how much waits for each; changes nothing.',
      options: NOTIFY_OPTIONS,
      examples: ['ralph-orchestrate notify list'],
      load: () => import('./commands/notify-list.ts'),
    }),
    command({
      words: ['demo'],
      summary: 'Show the whole road in a throw-away repository, with a small scripted agent: no network, no account.',
      options: DEMO_OPTIONS,
      examples: ['ralph-orchestrate demo --workers 2'],
      load: () => import('./commands/demo.ts'),
    }),
    completionCommand('ralph-orchestrate', () => program),
  ],
};
