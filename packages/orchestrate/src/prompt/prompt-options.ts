import type { OptionSpecs } from '@ralph/protocol/cli/options';
import { PHASES } from '@ralph/protocol/contract/phases';
import { AGENT_OPTIONS } from '@ralph/protocol/agents/agent-options';

export const PROMPT_OPTIONS = {
  phase: { kind: 'choice', choices: PHASES, describe: 'only that of this phase (default: those of all)' },
  phases: AGENT_OPTIONS.phases,
  agent: AGENT_OPTIONS.agent,
  'target-branch': {
    kind: 'text',
    value: 'BRANCH',
    describe: 'where the work would land (default: the branch checked out in the main worktree)',
  },
} as const satisfies OptionSpecs;
