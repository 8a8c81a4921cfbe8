import { tryGit } from '@ralph/protocol/process/git';

/**
 * Returns the commit of the target branch as of the last fetch, or of the local branch; nothing where there is neither.
 *
 * @param branch nothing for the one that is checked out
 */
export async function newestKnown(repoRoot: string, branch: string | undefined): Promise<string | undefined> {
  const names = branch === undefined ? ['HEAD'] : [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`];
  for (const name of names) {
    const { exitCode, stdout } = await tryGit(['rev-parse', '-q', '--verify', `${name}^{commit}`], { cwd: repoRoot });
    if (exitCode === 0) return stdout.trim();
  }
  return undefined;
}
