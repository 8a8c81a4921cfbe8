import { optionWords } from '@ralph/protocol/cli/option-words';
import type { Failure, FailureCode } from '@ralph/protocol/contract/failure';
import type { Candidate } from './candidate.ts';
import { publishWords } from '../publish/publish-settings.ts';
import { PUSH_TIMEOUT_S } from '../options.ts';
import { targetName, type Settings } from '../site/settings.ts';
import { remedyArguments } from '../remedy/remedy-settings.ts';
import { commandLine, quoted } from '@ralph/protocol/cli/shell-words';

/**
 * Returns the command that tries to land a workspace again, with the settings that were used, and records how that
 * ended.
 */
export function landAgain(
  { root, targetBranch, remote, gates, publish, pushTimeoutMs, remedy, sandboxWords }: Settings,
  { taskId, attempt, workspacePath }: Candidate,
): string {
  const where = [
    '--repo',
    root,
    '--workspace',
    workspacePath,
    '--attempt',
    String(attempt),
    '--target-branch',
    targetBranch,
  ];
  const whither = remote.name === 'origin' ? [] : optionWords('--remote', remote.name);
  const limit = pushTimeoutMs === PUSH_TIMEOUT_S * 1000 ? [] : ['--push-timeout', String(pushTimeoutMs / 1000)];
  const run = [...gates.repeated, ...limit, ...remedyArguments(remedy), ...sandboxWords];
  const how = [...whither, ...run, ...publishWords(publish)];
  const land = commandLine(['ralph-integrate', 'one', taskId, ...where, ...how]);
  return `${land} | ${commandLine(['ralph-state', 'apply', '--repo', root])}`;
}

/** Failures whose hint is an advice and no command: the command is to land again. */
const ADVISED_IN_WORDS: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'io',
  'permission',
  'disk_full',
  'lock_unavailable',
  'git_missing',
  'command_not_found',
  'command_not_executable',
  'sibling_failed',
  'internal',
]);

/** Returns what a person types after a failure: always a command that a shell takes as it stands. */
export function nextCommand({ code, parts }: Failure, landCommand: string): string {
  const { hint } = parts;
  if (hint === undefined || hint === '') return landCommand;
  return ADVISED_IN_WORDS.has(code) ? `${landCommand}  # ${hint}` : hint;
}

/** Returns the command with which a person meets the same conflict. */
export function rebaseByHand(settings: Settings, { workspacePath }: Candidate): string {
  return `cd ${quoted(workspacePath)} && git rebase ${quoted(targetName(settings))}`;
}

/** Returns the command with which a person meets the same conflict of work that holds merges. */
export function mergeByHand(settings: Settings, { workspacePath }: Candidate): string {
  return `cd ${quoted(workspacePath)} && git merge ${quoted(targetName(settings))}`;
}

/** Returns the command with which a person meets the same red gate. */
export function gateByHand(settings: Settings, candidate: Candidate, command: string): string {
  return `${rebaseByHand(settings, candidate)} && sh -c ${quoted(command)}`;
}
