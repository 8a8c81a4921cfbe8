import type { OptionSpecs } from '../cli/options.ts';
import { BUILT_IN_AGENTS } from './built-in-presets.ts';

/** Which agent does the tasks of a run, where no command follows `--`. None has a fallback: tasks and settings count behind it. */
export const AGENT_OPTIONS = {
  agent: {
    kind: 'text',
    value: 'NAME',
    suggests: BUILT_IN_AGENTS,
    describe: `the agent: ${BUILT_IN_AGENTS.join(', ')}, or a preset of your own`,
  },
  model: {
    kind: 'text',
    describe: 'its model, by its own name (default: that of the task or the settings, else its own)',
  },
  effort: {
    kind: 'text',
    describe: 'its effort, by its own name (default: that of the task or the settings, else its own)',
  },
  approval: {
    kind: 'choice',
    choices: ['edits', 'all'],
    describe:
      'how far it may go without asking: edit files, or run any command as well (default: edits; all with --sandbox)',
  },
  phases: {
    kind: 'count',
    describe:
      '1: it does the task at once; 2: it plans it first; 3: the work is reviewed as well (default: that of the task or the settings, else 1)',
  },
} as const satisfies OptionSpecs;
