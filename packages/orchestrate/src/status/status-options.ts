import type { OptionSpecs } from '@ralph/protocol/cli/options';

/** What decides about what the next run would do, and whether the one that goes on is followed. */
export const STATUS_OPTIONS = {
  follow: { kind: 'flag', describe: 'show the run that goes on until it ends: its table, or its events from now on' },
  'target-branch': {
    kind: 'text',
    value: 'BRANCH',
    describe: 'where the next run lands its work (default: the branch checked out in the main worktree)',
  },
  'workspace-root': {
    kind: 'text',
    value: 'DIR',
    describe: 'folder of the workspaces (default: beside the repository)',
  },
} as const satisfies OptionSpecs;

export const RETRY_OPTIONS = {
  fresh: { kind: 'flag', describe: 'begin anew with an agent, even where commits are kept that could be landed' },
} as const satisfies OptionSpecs;
