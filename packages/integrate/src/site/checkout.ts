import { commandLine } from '@ralph/protocol/cli/shell-words';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { Remote } from './remote.ts';

/** How far the local branch is from the remote one, in commits; null when there is no local one. */
export interface Distance {
  readonly ahead: number | null;
  readonly behind: number | null;
}

/** Returns how far the local branch is from a commit that is known here. */
export async function aheadBehind(root: string, branch: string, commit: string): Promise<Distance> {
  const local = await tryGit(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`], { cwd: root });
  if (local.exitCode !== 0) return { ahead: null, behind: null };
  const out = await git(['rev-list', '--left-right', '--count', `${local.stdout.trim()}...${commit}`], { cwd: root });
  const [ahead, behind] = out.trim().split('\t').map(Number);
  return { ahead: ahead ?? null, behind: behind ?? null };
}

/** Tells whether both sides have what the other has not: the checkout cannot follow what lands then. */
export function hasDiverged({ ahead, behind }: Distance): boolean {
  return (ahead ?? 0) > 0 && (behind ?? 0) > 0;
}

/** Returns what a person is told about a local branch that cannot follow, and the command that mends it. */
export function divergedWords(
  root: string,
  remote: Remote,
  branch: string,
  { ahead, behind }: Distance,
): { readonly message: string; readonly pull: string } {
  const upstream = `${remote.name}/${branch}`;
  return {
    message: `your ${branch} and ${upstream} have diverged (${ahead ?? 0} ahead, ${behind ?? 0} behind): work lands on ${upstream}, and your checkout is left as it is`,
    pull: commandLine(['git', '-C', root, 'pull', '--rebase', remote.name, branch]),
  };
}
