import { optionWords } from '@ralph/protocol/cli/option-words';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import type { OptionValues } from '@ralph/protocol/cli/options';
import type { PUBLISH_OPTIONS } from './publish-options.ts';

/** What is done with work that is green. */
export type PublishSettings =
  { readonly mode: 'push' | 'branch' } | { readonly mode: 'pr'; readonly command: string; readonly limitMs: number };

/**
 * Reads how work is published.
 *
 * @throws Failure `usage` where a pull request has no command, or a command has no pull request
 */
export function readPublishSettings(args: OptionValues<typeof PUBLISH_OPTIONS>): PublishSettings {
  const { publish: mode, 'pr-command': command, 'pr-timeout': seconds } = args;
  if (mode !== 'pr') {
    if (command === undefined) return { mode };
    throw usageFailure('ralph-integrate', '--pr-command needs --publish pr');
  }
  if (command === undefined || command.trim() === '') {
    throw usageFailure('ralph-integrate', "--publish pr needs --pr-command CMD, such as 'gh pr create …'");
  }
  return { mode, command, limitMs: seconds * 1000 };
}

/** Returns the arguments with which work is published in the same way. */
export function publishWords(settings: PublishSettings): string[] {
  switch (settings.mode) {
    case 'push':
      return [];
    case 'branch':
      return ['--publish', 'branch'];
    case 'pr':
      return [
        '--publish',
        'pr',
        ...optionWords('--pr-command', settings.command),
        '--pr-timeout',
        String(settings.limitMs / 1000),
      ];
  }
}
