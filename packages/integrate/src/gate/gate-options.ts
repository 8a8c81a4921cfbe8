import type { OptionSpecs } from '@ralph/protocol/cli/options';

/** What says by which gates work is judged, and how. */
export const GATE_OPTIONS = {
  ci: {
    kind: 'text',
    value: 'CMD',
    describe: 'the gate: run by sh -c in the workspace; nothing is pushed unless it ends with 0',
  },
  'ci-timeout': { kind: 'seconds', fallback: 1800, describe: 'time limit of each gate' },
  gate: {
    kind: 'text',
    value: 'NAME=CMD',
    many: true,
    describe: 'one more gate, after --ci and in the order given; each must pass by itself (repeatable)',
  },
  'gate-timeout': {
    kind: 'text',
    value: 'NAME=SECONDS',
    many: true,
    describe: 'time limit of one gate, "ci" being that of --ci (repeatable; default: --ci-timeout)',
  },
  'gates-at-once': { kind: 'flag', describe: 'run the gates side by side; a red one ends the others' },
  'flaky-retry': {
    kind: 'flag',
    describe: 'run a red gate once more, and if it stays red on the bare target, to tell flaky, already red and red',
  },
  'ci-env': {
    kind: 'text',
    value: 'NAME',
    many: true,
    describe: 'a variable that the word of the gates depends on: with another value they are asked again (repeatable)',
  },
  'no-ci-cache': { kind: 'flag', describe: 'test a tree again that has passed the same gate before' },
  'ci-log-limit': {
    kind: 'bytes',
    value: 'SIZE',
    fallback: 32 * 2 ** 20,
    describe: 'length at which the log of a gate is begun anew; one older part is kept (default: 32M)',
  },
} as const satisfies OptionSpecs;
