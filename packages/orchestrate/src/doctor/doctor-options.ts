import { BUILT_IN_AGENTS } from '@ralph/protocol/agents/built-in-presets';
import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const DOCTOR_OPTIONS = {
  agent: {
    kind: 'text',
    value: 'NAME',
    suggests: BUILT_IN_AGENTS,
    describe: 'look whether this agent is there (default: agent.runner)',
  },
  'target-branch': {
    kind: 'text',
    value: 'BRANCH',
    describe: 'where work would land (default: the branch checked out in the main worktree)',
  },
  'workspace-root': {
    kind: 'text',
    value: 'DIR',
    describe: 'folder of the workspaces (default: that of the configuration, else beside the repository)',
  },
} as const satisfies OptionSpecs;
