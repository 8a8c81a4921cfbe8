import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const LOOP_OPTIONS = {
  watch: { kind: 'flag', describe: 'stay when nothing is left, and start what is added to the queue' },
  'scope-overlap': {
    kind: 'choice',
    choices: ['wait', 'allow'],
    fallback: 'wait',
    describe: 'whether a task waits while another is at work whose declared scope overlaps its own',
  },
  'max-failures': {
    kind: 'count',
    zero: true,
    fallback: 3,
    describe: 'leave out tasks that have failed so often, until they are asked for again; 0: never',
  },
  'stop-after-failures': {
    kind: 'count',
    zero: true,
    fallback: 5,
    describe: 'start nothing more after so many failures in a row; 0: never',
  },
  'rate-limit': {
    kind: 'text',
    value: 'PATTERN',
    describe: 'an agent that failed and whose last lines match was turned away: it is started again after a pause',
  },
  'rate-limit-delay': {
    kind: 'seconds',
    fallback: 30,
    describe: 'the first such pause, where the agent names none; each in a row doubles it, up to 15m',
  },
} as const satisfies OptionSpecs;
