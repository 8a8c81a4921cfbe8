import { optionWords } from '@ralph/protocol/cli/option-words';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';

/** What is done with work that is green, as the integrator is told. */
export interface Publishing {
  readonly mode: 'push' | 'branch' | 'pr';
  readonly prCommand: string | undefined;
}

/**
 * Reads how work is published; asked before anything is started, since the integrator would only say so in the middle.
 *
 * @throws Failure `usage` where a pull request has no command, or a command has no pull request
 */
export function publishingOf(args: {
  readonly publish: Publishing['mode'];
  readonly 'pr-command': string | undefined;
}): Publishing {
  const { publish: mode, 'pr-command': prCommand } = args;
  if (mode === 'pr' && (prCommand ?? '').trim() === '') {
    throw usageFailure('ralph-orchestrate', "--publish pr needs --pr-command CMD, such as 'gh pr create …'");
  }
  if (mode !== 'pr' && prCommand !== undefined) {
    throw usageFailure('ralph-orchestrate', '--pr-command needs --publish pr');
  }
  return { mode, prCommand };
}

/** Returns the arguments of ralph-integrate for it. */
export function publishWords({ mode, prCommand }: Publishing): string[] {
  if (mode === 'push') return [];
  return ['--publish', mode, ...(prCommand === undefined ? [] : optionWords('--pr-command', prCommand))];
}
