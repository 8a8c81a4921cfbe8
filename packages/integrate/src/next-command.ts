import type { Candidate } from './candidate.ts';
import { targetName, type Settings } from './settings.ts';
import { commandLine, quoted } from '@ralph/protocol/cli/shell-words';

/** Returns the command that tries to land a workspace again, with the settings that were used. */
export function landAgain(
  { root, targetBranch, remote, ci }: Settings,
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
  const whither = remote.name === 'origin' ? [] : ['--remote', remote.name];
  const gate = ci === undefined ? [] : ['--ci', ci];
  return commandLine(['ralph-integrate', 'one', taskId, ...where, ...whither, ...gate]);
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
export function gateByHand(settings: Settings, candidate: Candidate): string {
  return `${rebaseByHand(settings, candidate)} && sh -c ${quoted(settings.ci ?? 'true')}`;
}
