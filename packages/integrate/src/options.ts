import { LANDINGS } from './train/line.ts';
import { SCOPE_OPTIONS } from './train/landing-scopes.ts';
import { SANDBOX_OPTIONS } from '@ralph/protocol/cli/sandbox-options';
import { LEASH_OPTION, REPORT_OPTIONS, SURVEY_OPTION, type OptionSpecs } from '@ralph/protocol/cli/options';
import { GATE_OPTIONS } from './gate/gate-options.ts';
import { PUBLISH_OPTIONS } from './publish/publish-options.ts';
import { REMEDY_OPTIONS } from './remedy/remedy-options.ts';

/** Usual limit of a push and of each question to the remote, in seconds. */
export const PUSH_TIMEOUT_S = 600;

export const TARGET_OPTIONS = {
  'target-branch': {
    kind: 'text',
    value: 'BRANCH',
    describe: 'where work lands (default: the branch checked out in the main worktree)',
  },
  remote: { kind: 'text', value: 'REMOTE', fallback: 'origin', describe: 'the remote that is pushed to' },
} as const satisfies OptionSpecs;

export const LAND_OPTIONS = {
  ...TARGET_OPTIONS,
  ...GATE_OPTIONS,
  'max-attempts': {
    kind: 'count',
    fallback: 50,
    describe: 'rejected pushes and failed connections before a task is blocked',
  },
  backoff: {
    kind: 'milliseconds',
    fallback: [500, 2000, 5000, 10000],
    describe: 'pauses between them, the last one repeats (default: 500,2000,5000,10000)',
  },
  'push-timeout': {
    kind: 'seconds',
    fallback: PUSH_TIMEOUT_S,
    describe: 'time limit of a push and of each question to the remote',
  },
  ...REMEDY_OPTIONS,
  ...SANDBOX_OPTIONS,
  'keep-workspaces': { kind: 'flag', describe: 'leave the workspace of a landed task where it is' },
  ...PUBLISH_OPTIONS,
} as const satisfies OptionSpecs;

const TRAIN_OPTIONS = {
  ...SCOPE_OPTIONS,
  jobs: { kind: 'count', fallback: 2, describe: 'gates at the same time' },
  landing: {
    kind: 'choice',
    choices: LANDINGS,
    fallback: 'auto',
    describe: 'a gate for each (train), one for several (batch), one after the other (serial), or as it fits (auto)',
  },
} as const satisfies OptionSpecs;

const MOVE_OPTIONS = {
  'move-by-line': {
    kind: 'flag',
    describe: 'for coprocesses: have tasks moved to done by a line task.archive on stdout, answered by task.archived',
  },
} as const satisfies OptionSpecs;

export const RUN_OPTIONS = {
  ...LAND_OPTIONS,
  ...MOVE_OPTIONS,
  ...TRAIN_OPTIONS,
  ...LEASH_OPTION,
} as const satisfies OptionSpecs;

/** What `run` takes, so that what is wrong with it is told before anything is begun. */
export const PREFLIGHT_OPTIONS = {
  ...LAND_OPTIONS,
  ...TRAIN_OPTIONS,
  ...REPORT_OPTIONS,
  ...SURVEY_OPTION,
} as const satisfies OptionSpecs;

export const ONE_OPTIONS = {
  workspace: {
    kind: 'text',
    value: 'DIR',
    describe: 'the workspace that holds the work (default: that of the task, where ralph-worker makes it)',
  },
  attempt: { kind: 'count', value: 'N', describe: 'the attempt that made it (default: the latest)' },
  ...LAND_OPTIONS,
} as const satisfies OptionSpecs;
