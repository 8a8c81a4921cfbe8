import { LEASH_OPTION, type OptionSpecs } from '@ralph/protocol/cli/options';

export const ROOT_OPTIONS = {
  'workspace-root': {
    kind: 'text',
    value: 'DIR',
    describe: 'folder that holds the workspaces (default: PARENT/.workspaces/REPO/parallel)',
  },
} as const satisfies OptionSpecs;

export const TARGET_OPTIONS = {
  'target-branch': {
    kind: 'text',
    value: 'BRANCH',
    describe: 'branch of origin that the work starts from (default: the branch checked out in the main worktree)',
  },
  ...ROOT_OPTIONS,
} as const satisfies OptionSpecs;

/** What a fresh workspace gets beside the files of its commit. */
export const WORKSPACE_OPTIONS = {
  ...TARGET_OPTIONS,
  copy: {
    kind: 'text',
    many: true,
    value: 'GLOB',
    describe: 'ignored files that a workspace gets too, beside .env files; may be given again',
  },
  'min-free': {
    kind: 'bytes',
    zero: true,
    value: 'SIZE',
    fallback: 2 ** 28,
    describe: 'what must stay free on the disk when a workspace is made (default: 256M)',
  },
  quota: {
    kind: 'bytes',
    value: 'SIZE',
    describe: 'what all workspaces may take together when one is made (default: no limit)',
  },
} as const satisfies OptionSpecs;

export const RUN_OPTIONS = {
  jobs: { kind: 'count', value: 'N', fallback: 1, describe: 'agents that run side by side (default: 1)' },
  timeout: { kind: 'seconds', value: 'TIME', describe: 'end an agent that runs longer (default: no limit)' },
  'idle-timeout': {
    kind: 'seconds',
    value: 'TIME',
    describe: 'end an agent that prints nothing for so long (default: no limit)',
  },
  'log-limit': {
    kind: 'bytes',
    value: 'SIZE',
    fallback: 32 * 2 ** 20,
    describe: 'length at which the log of an agent is begun anew; one older part is kept (default: 32M)',
  },
  'allow-empty': {
    kind: 'flag',
    describe: 'take an agent that ended well without any change as done, with an empty commit',
  },
  ...WORKSPACE_OPTIONS,
  ...LEASH_OPTION,
} as const satisfies OptionSpecs;

export const LIST_OPTIONS = {
  ...ROOT_OPTIONS,
  salvaged: { kind: 'flag', describe: 'the kept work of removed workspaces instead' },
} as const satisfies OptionSpecs;

export const REMOVE_OPTIONS = {
  ...ROOT_OPTIONS,
  attempt: { kind: 'count', value: 'N', describe: 'only if the workspace is not that of a later attempt' },
} as const satisfies OptionSpecs;

export const REAP_OPTIONS = {
  ...ROOT_OPTIONS,
  all: { kind: 'flag', describe: 'also what was prepared by hand or waits for integration' },
} as const satisfies OptionSpecs;

export const STOP_OPTIONS = {} as const satisfies OptionSpecs;

export const LOGS_OPTIONS = {
  attempt: { kind: 'count', value: 'N', describe: 'which attempt (default: the last one)' },
  reveal: { kind: 'flag', describe: 'the bytes as they are, secrets included' },
  ...ROOT_OPTIONS,
} as const satisfies OptionSpecs;
