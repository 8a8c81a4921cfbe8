import type { OptionSpecs } from '@ralph/protocol/cli/options';

/** Options of `run` that ralph-worker gets as they are. None has a fallback: what nobody asked for is not handed on. */
export const WORKER_OPTIONS = {
  timeout: { kind: 'seconds', describe: 'time limit of one agent (default: agent.timeout of the config, else none)' },
  'idle-timeout': { kind: 'seconds', describe: 'end an agent that prints nothing for so long (default: no limit)' },
  'rate-limit': {
    kind: 'text',
    value: 'PATTERN',
    describe:
      'an agent that failed and whose last lines match was turned away: it is started again after a pause (default: the usual words)',
  },
  'allow-empty': { kind: 'flag', describe: 'take an agent that ended well without any change as done' },
  setup: { kind: 'text', value: 'CMD', describe: 'run by sh in each fresh workspace, before the agent' },
  'setup-timeout': { kind: 'seconds', describe: 'time limit of the set-up (default: --timeout)' },
  'setup-key': {
    kind: 'text',
    value: 'FILE',
    many: true,
    describe: 'file that decides about the result of the set-up, which is then shared; may be repeated',
  },
  'setup-share': {
    kind: 'choice',
    choices: ['auto', 'clone', 'link', 'copy', 'none'],
    describe: 'how it is shared (default: the first that is safe)',
  },
  copy: {
    kind: 'text',
    value: 'GLOB',
    many: true,
    describe: 'ignored files that a workspace gets too, beside .env files; may be repeated',
  },
  fresh: { kind: 'flag', describe: 'make each workspace from nothing, also where a warm one is at hand' },
  'keep-ignored': { kind: 'flag', describe: 'leave all ignored files in a warm workspace that is reused' },
  warm: {
    kind: 'count',
    zero: true,
    describe: 'workspaces of large repositories that are kept for reuse (default: --workers)',
  },
  'min-free': {
    kind: 'bytes',
    zero: true,
    describe: 'what must stay free on the disk when a workspace is made (default: 256M)',
  },
  quota: { kind: 'bytes', describe: 'what all workspaces together may take when one is made (default: no limit)' },
  'log-limit': { kind: 'bytes', describe: 'length at which the log of an agent is begun anew (default: 32M)' },
} as const satisfies OptionSpecs;

/** Those that make up the gates of ralph-integrate, beside `--ci`. */
export const GATE_OPTIONS = {
  'ci-timeout': { kind: 'seconds', describe: 'time limit of one gate run (default: 30m)' },
  gate: {
    kind: 'text',
    value: 'NAME=CMD',
    many: true,
    describe: 'one more gate, after --ci and in the order given; each must pass by itself; may be repeated',
  },
  'gate-timeout': {
    kind: 'text',
    value: 'NAME=SECONDS',
    many: true,
    describe: 'time limit of one gate, "ci" being that of --ci; may be repeated (default: --ci-timeout)',
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
    describe: 'a variable that the word of the gates depends on: with another value they are asked again',
  },
  'no-ci-cache': { kind: 'flag', describe: 'test a tree again that has passed the same gate before' },
  'ci-log-limit': { kind: 'bytes', describe: 'length at which the log of a gate is begun anew (default: 32M)' },
} as const satisfies OptionSpecs;

/** Options of `run` that ralph-integrate gets. */
export const INTEGRATOR_OPTIONS = {
  ...GATE_OPTIONS,
  'gate-jobs': { kind: 'count', describe: 'gates at the same time (default: 2)' },
  landing: {
    kind: 'choice',
    choices: ['auto', 'train', 'batch', 'serial'],
    describe: 'a gate for each, one for several, one after the other, or as it fits (default: auto)',
  },
  'landing-scope': {
    kind: 'text',
    value: 'NAME=PATTERN',
    many: true,
    describe: 'paths whose work need not wait for that of other scopes; may be repeated',
  },
  'resolver-attempts': { kind: 'count', describe: 'how often a resolver is run for one task (default: 3)' },
  'resolver-timeout': { kind: 'seconds', describe: 'time limit of a resolver (default: 30m)' },
  'pr-timeout': { kind: 'seconds', describe: 'time limit of --pr-command (default: 2m)' },
  'push-timeout': {
    kind: 'seconds',
    describe: 'time limit of a push and of each question to the remote (default: 10m)',
  },
  'max-attempts': {
    kind: 'count',
    describe: 'rejected pushes and failed connections before a task is blocked (default: 50)',
  },
  backoff: {
    kind: 'milliseconds',
    describe: 'pauses between them, the last one repeats (default: 500,2000,5000,10000)',
  },
} as const satisfies OptionSpecs;

/** What an option is called by the sibling, where `run` means something else by that name. */
export const SIBLING_NAMES: Readonly<Record<string, string>> = { 'gate-jobs': 'jobs' };
