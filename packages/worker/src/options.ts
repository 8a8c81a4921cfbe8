import { AGENT_OPTIONS } from '@ralph/protocol/agents/agent-options';
import { SANDBOX_OPTIONS } from '@ralph/protocol/cli/sandbox-options';
import { PHASES } from '@ralph/protocol/contract/phases';
import { LEASH_OPTION, REPORT_OPTIONS, SURVEY_OPTION, type OptionSpecs } from '@ralph/protocol/cli/options';

/** How long the log of an attempt may grow where nobody says otherwise. */
export const LOG_LIMIT_BYTES = 32 * 2 ** 20;

export const ROOT_OPTIONS = {
  'workspace-root': {
    kind: 'text',
    value: 'DIR',
    describe: 'folder that holds the workspaces (default: PARENT/.workspaces/REPO/parallel)',
  },
} as const satisfies OptionSpecs;

export const SETUP_OPTIONS = {
  setup: { kind: 'text', value: 'CMD', describe: 'run this by sh -c in each fresh workspace, before the agent' },
  'setup-timeout': { kind: 'seconds', value: 'TIME', describe: 'end a set-up that runs longer (default: --timeout)' },
  'setup-key': {
    kind: 'text',
    value: 'FILE',
    many: true,
    describe: 'file that decides about the result of the set-up, as a lock file: it is then shared; may be repeated',
  },
  'setup-share': {
    kind: 'choice',
    choices: ['auto', 'clone', 'link', 'copy', 'none'],
    fallback: 'auto',
    describe:
      'how it is shared: copy-on-write, hard links to read-only files, copies, not at all (default: the first that is safe)',
  },
  fresh: { kind: 'flag', describe: 'make the workspace from nothing, also where a warm one is at hand' },
  'keep-ignored': { kind: 'flag', describe: 'leave all ignored files in a warm workspace that is reused' },
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
    describe: 'ignored files that a workspace gets too, beside .env files; may be repeated',
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
    describe: 'what all workspaces together may take when one is made (default: no limit)',
  },
} as const satisfies OptionSpecs;

/** Which agent does the tasks, where no command follows `--`. */
export const AGENT_CHOICE_OPTIONS = {
  ...AGENT_OPTIONS,
  'agent-config': {
    kind: 'text',
    value: 'JSON',
    describe:
      'what counts where neither an option nor the task says more: runner, model, reasoning_effort, approval, phases, phase_overrides, presets, command',
  },
} as const satisfies OptionSpecs;

const START_OPTIONS = {
  ...AGENT_CHOICE_OPTIONS,
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
    fallback: LOG_LIMIT_BYTES,
    describe: 'length at which the log of an agent is begun anew; one older part is kept (default: 32M)',
  },
  'allow-empty': {
    kind: 'flag',
    describe: 'take an agent that ended well without any change as done, with an empty commit',
  },
  'rate-limit': {
    kind: 'text',
    value: 'PATTERN',
    describe:
      'regular expression for last lines of a failed agent that mean a limit of its provider (default: the usual words)',
  },
  ...WORKSPACE_OPTIONS,
  ...SETUP_OPTIONS,
  ...SANDBOX_OPTIONS,
  warm: {
    kind: 'count',
    value: 'N',
    zero: true,
    describe: 'workspaces of large repositories that are kept for reuse when they are removed (default: --jobs)',
  },
} as const satisfies OptionSpecs;

/** What `run` takes, and `preflight`, so that what is wrong with it is told before anything is begun. */
export const PREFLIGHT_OPTIONS = {
  ...START_OPTIONS,
  ...REPORT_OPTIONS,
  ...SURVEY_OPTION,
} as const satisfies OptionSpecs;

export const RUN_OPTIONS = { ...START_OPTIONS, ...LEASH_OPTION } as const satisfies OptionSpecs;

export const PREPARE_OPTIONS = {
  ...WORKSPACE_OPTIONS,
  ...SETUP_OPTIONS,
  'setup-timeout': { ...SETUP_OPTIONS['setup-timeout'], describe: 'end a set-up that runs longer (default: no limit)' },
  ...SANDBOX_OPTIONS,
  'from-attempt': {
    kind: 'count',
    value: 'N',
    describe: 'put the kept commits of attempt N into it, as that attempt left them, to be landed',
  },
} as const satisfies OptionSpecs;

export const PROMPT_OPTIONS = {
  ...AGENT_CHOICE_OPTIONS,
  phase: { kind: 'choice', choices: PHASES, describe: 'only that of this phase (default: those of all)' },
  'target-branch': TARGET_OPTIONS['target-branch'],
} as const satisfies OptionSpecs;

export const TRUST_OPTIONS = {} as const satisfies OptionSpecs;

export const LIST_OPTIONS = {
  ...ROOT_OPTIONS,
  salvaged: { kind: 'flag', describe: 'the kept work of removed workspaces instead' },
  warm: { kind: 'flag', describe: 'the workspaces that are kept for reuse instead' },
  brief: { kind: 'flag', describe: 'without asking git about each: no edits, no commits counted' },
} as const satisfies OptionSpecs;

export const REMOVE_OPTIONS = {
  ...ROOT_OPTIONS,
  attempt: { kind: 'count', value: 'N', describe: 'only if the workspace is not that of a later attempt' },
  warm: {
    kind: 'count',
    value: 'N',
    zero: true,
    fallback: 2,
    describe: 'keep it for reuse if the repository is large and fewer than N are kept (default: 2)',
  },
} as const satisfies OptionSpecs;

export const COMMIT_OPTIONS = {
  ...ROOT_OPTIONS,
  workspace: { kind: 'text', value: 'DIR', describe: 'the workspace (default: that of the task under the root)' },
  attempt: { kind: 'count', value: 'N', describe: 'only if the workspace is that of this attempt' },
  title: { kind: 'text', describe: 'what the message of the commit says behind the id' },
  base: {
    kind: 'text',
    value: 'COMMIT',
    describe: 'what the commits of the work stand on (default: what the workspace began from)',
  },
  'leave-from': {
    kind: 'text',
    value: 'FILE',
    describe: 'new files to leave out: one name per line, as git ls-files prints it',
  },
  'claim-fd': {
    kind: 'count',
    value: 'N',
    describe: 'descriptor of the claim of the task, where the caller has it (default: the task is claimed)',
  },
} as const satisfies OptionSpecs;

export const REAP_OPTIONS = {
  ...ROOT_OPTIONS,
  all: { kind: 'flag', describe: 'also what was prepared by hand, waits for integration, or is kept for reuse' },
  keep: { kind: 'text', value: 'ID', many: true, describe: 'leave the workspace of this task; may be repeated' },
} as const satisfies OptionSpecs;

export const PRUNE_OPTIONS = {
  'dry-run': { kind: 'flag', describe: 'only say how much would be removed' },
  'older-than': {
    kind: 'seconds',
    value: 'TIME',
    fallback: 30 * 24 * 3600,
    describe: 'what nothing was written to for so long (default: 30d)',
  },
} as const satisfies OptionSpecs;

export const WORKTREE_OPTIONS = {} as const satisfies OptionSpecs;

export const STOP_OPTIONS = {} as const satisfies OptionSpecs;

export const LOGS_OPTIONS = {
  follow: { kind: 'flag', describe: 'print what is added too, until the agent has ended' },
  attempt: { kind: 'count', value: 'N', describe: 'which attempt (default: the last one)' },
  reveal: { kind: 'flag', describe: 'the bytes as they are, secrets included' },
  ...ROOT_OPTIONS,
} as const satisfies OptionSpecs;
