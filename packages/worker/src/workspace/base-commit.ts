import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { baseRef } from '@ralph/protocol/contract/paths';
import { git, tryGit, type GitResult } from '@ralph/protocol/process/git';
import { commitInFile } from '@ralph/protocol/process/loose-ref';
import { loopOf, type Repository } from '@ralph/protocol/process/repository';
import { missingBranch } from '@ralph/protocol/process/missing-branch';
import { gitSettings } from './git-settings.ts';
import type { Origin } from '../site/origin.ts';

const FETCH_LIMIT_MS = 600_000;

/**
 * Fetches the target branch of origin straight into the ref that keeps the base commit of a workspace, touching no
 * other ref of the user, and returns the commit. A failed fetch is tried once more.
 *
 * @throws Failure `target_branch_missing`, `origin_unreachable`, `cancelled`, or `git_failed`
 */
export async function fetchBase(
  { root: repoRoot, gitDir }: Pick<Required<Repository>, 'root' | 'gitDir'>,
  request: { readonly origin: Origin; readonly branch: string; readonly taskId: string; readonly signal: AbortSignal },
): Promise<string> {
  const { origin, branch, taskId, signal } = request;
  const ref = baseRef(taskId, loopOf(repoRoot)?.name);
  // Without --refmap, several fetches at once would fight for the user's own tracking branch.
  const options = ['-q', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-prune'];
  if (origin.fetchFrom === 'origin') options.push('--refmap=');
  const args = ['fetch', ...options, origin.fetchFrom, `+refs/heads/${branch}:${ref}`];
  const env = gitSettings({ 'core.packedRefsTimeout': '10000' });
  const fetch = () => tryGit(args, { cwd: repoRoot, env, signal, limitMs: FETCH_LIMIT_MS });
  let result = await fetch();
  if (result.exitCode !== 0 && !signal.aborted) result = await fetch();
  if (signal.aborted) throw new Failure('cancelled', 'stopped while the target branch was fetched');
  if (result.exitCode !== 0) throw await fetchFailure(repoRoot, origin, branch, result);
  return (
    commitInFile(gitDir, ref) ?? (await git(['rev-parse', '--verify', `${ref}^{commit}`], { cwd: repoRoot })).trim()
  );
}

/** Asks origin why the fetch failed, since the words of git do not say it safely. */
async function fetchFailure(repoRoot: string, origin: Origin, branch: string, result: GitResult): Promise<Failure> {
  const problem = await branchProblem(repoRoot, origin, branch, result.stderr);
  if (problem !== undefined) return problem;
  return new Failure('git_failed', `cannot fetch ${branch} from origin: ${firstWords(result.stderr)}`, {
    hint: commandLine(['git', 'fetch', 'origin', branch]),
  });
}

/**
 * Makes sure that origin has the target branch; nothing is fetched.
 *
 * @throws Failure `target_branch_missing`, `origin_unreachable`
 */
export async function requireBranchOnOrigin(repoRoot: string, origin: Origin, branch: string): Promise<void> {
  const problem = await branchProblem(repoRoot, origin, branch);
  if (problem !== undefined) throw problem;
}

async function branchProblem(
  repoRoot: string,
  { fetchFrom, fetchUrl }: Origin,
  branch: string,
  said?: string,
): Promise<Failure | undefined> {
  const args = ['ls-remote', '--exit-code', fetchFrom, `refs/heads/${branch}`];
  const { exitCode, stderr } = await tryGit(args, { cwd: repoRoot });
  if (exitCode === 0) return undefined;
  if (exitCode === 2) return missingBranch(repoRoot, 'origin', branch);
  const where = withoutCredentials(fetchUrl);
  return new Failure('origin_unreachable', `cannot reach origin (${where}): ${firstWords(said ?? stderr)}`, {
    hint: commandLine(['git', 'ls-remote', withoutCredentials(fetchFrom)]),
  });
}

function firstWords(stderr: string): string {
  return withoutCredentials(
    stderr
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, 3)
      .join(' / '),
  );
}
