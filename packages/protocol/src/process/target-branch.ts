import { Failure } from '../contract/failure.ts';
import { tryGit } from './git.ts';
import { requireUsable } from './usable-repository.ts';

const BRANCH_PREFIX = 'refs/heads/';

/**
 * Returns the branch that the work starts from: the one asked for, or the one that is checked out in the main worktree.
 *
 * @throws Failure `dubious_ownership`, `detached_head`, `target_branch_missing` for a branch without a commit, `usage` for a bad name
 */
export async function targetBranch(repoRoot: string, chosen: string | undefined): Promise<string> {
  if (chosen !== undefined) return requireBranchName(repoRoot, chosen);
  const head = await tryGit(['symbolic-ref', '-q', 'HEAD'], { cwd: repoRoot });
  const ref = head.stdout.trim();
  if (head.exitCode !== 0 || !ref.startsWith(BRANCH_PREFIX)) {
    await requireUsable(repoRoot);
    throw new Failure('detached_head', 'Parallel run requires a named branch (detached HEAD detected).', {
      hint: 'git switch BRANCH, or give --target-branch BRANCH',
    });
  }
  const branch = ref.slice(BRANCH_PREFIX.length);
  const commit = await tryGit(['rev-parse', '-q', '--verify', `${ref}^{commit}`], { cwd: repoRoot });
  if (commit.exitCode === 0) return branch;
  throw new Failure('target_branch_missing', `the branch ${branch} has no commit yet`, {
    hint: `make a first commit and git push -u origin ${branch}`,
  });
}

/**
 * Returns a name that was given with --target-branch, whether there is such a branch or not.
 *
 * @throws Failure `usage` when git would never have it
 */
export async function requireBranchName(repoRoot: string, name: string): Promise<string> {
  const { exitCode } = await tryGit(['check-ref-format', BRANCH_PREFIX + name], { cwd: repoRoot });
  if (exitCode === 0 && !name.startsWith('-')) return name;
  throw new Failure('usage', `--target-branch ${JSON.stringify(name)}: not a branch name`, {
    hint: 'git branch --list shows the branches',
  });
}
