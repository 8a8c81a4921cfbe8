import type { OptionSpecs } from '@ralph/protocol/cli/options';

/** How the loop selects, waits and gives up. None has a fallback: what nobody asked for is a setting's to say. */
export const LOOP_OPTIONS = {
  watch: { kind: 'flag', describe: 'stay when nothing is left, and start what is added to the queue' },
  'scope-overlap': {
    kind: 'choice',
    choices: ['wait', 'allow'],
    describe: 'whether a task waits while another is at work whose declared scope overlaps its own (default: wait)',
  },
  'max-failures': {
    kind: 'count',
    zero: true,
    describe: 'leave out tasks that have failed so often, until they are asked for again; 0: never (default: 3)',
  },
  'stop-after-failures': {
    kind: 'count',
    zero: true,
    describe: 'start nothing more after so many failures in a row; 0: never (default: 5)',
  },
  'rate-limit-delay': {
    kind: 'seconds',
    describe:
      'the first pause after a rate limit, where the agent names none; each in a row doubles it, up to 15m (default: 30)',
  },
} as const satisfies OptionSpecs;
