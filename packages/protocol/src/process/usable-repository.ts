import { git } from './git.ts';

/**
 * Finds out whether git uses a repository at all: a git that only reads settings does not say when it passes by those of
 * another user's.
 *
 * @throws Failure `dubious_ownership`, or `git_failed` with git's own words
 */
export async function requireUsable(root: string): Promise<void> {
  await git(['rev-parse', '--git-dir'], { cwd: root });
}
