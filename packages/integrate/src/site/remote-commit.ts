import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { tryGit } from '@ralph/protocol/process/git';
import { missingBranch } from '@ralph/protocol/process/missing-branch';
import { shownUrl, type Remote } from './remote.ts';

/** How long a question to the remote may take before anything is begun, in milliseconds, where nothing shorter was asked for. */
export const ASK_LIMIT_MS = 120_000;

/** Returns that limit where one of so many seconds was asked for. */
export function askLimitMs(seconds: number): number {
  return Math.min(ASK_LIMIT_MS, seconds * 1000);
}

/**
 * Asks the remote where its branch is.
 *
 * @throws Failure `origin_unreachable`, `target_branch_missing`
 */
export async function remoteCommit(
  root: string,
  remote: Remote,
  branch: string,
  limitMs = ASK_LIMIT_MS,
): Promise<string> {
  const { stdout, stderr, exitCode } = await tryGit(['ls-remote', remote.fetchUrl, `refs/heads/${branch}`], {
    cwd: root,
    limitMs,
  });
  if (exitCode !== 0) throw unreachable(root, remote, stderr);
  const [commit = ''] = stdout.split('\t', 1);
  if (commit !== '') return commit;
  throw await missingBranch(root, remote.name, branch);
}

/**
 * Brings the objects of the target here, to be compared with; no ref of the user's is moved.
 *
 * @throws Failure `origin_unreachable`
 */
export async function fetchCommit(root: string, remote: Remote, branch: string, limitMs = ASK_LIMIT_MS): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    remote.fetchUrl,
    `refs/heads/${branch}`,
  ];
  const { stderr, exitCode } = await tryGit(args, { cwd: root, limitMs });
  if (exitCode !== 0) throw unreachable(root, remote, stderr);
}

/** Tells whether a commit is known here, with what it holds. */
export async function isKnown(root: string, commit: string): Promise<boolean> {
  return (await tryGit(['cat-file', '-e', `${commit}^{tree}`], { cwd: root })).exitCode === 0;
}

function unreachable(root: string, remote: Remote, stderr: string): Failure {
  const words = withoutCredentials(
    stderr
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, 3)
      .join(' / '),
  );
  return new Failure(
    'origin_unreachable',
    `${remote.name} (${shownUrl(remote.fetchUrl)}) cannot be reached: ${words}`,
    {
      hint: commandLine(['git', '-C', root, 'ls-remote', remote.name]),
    },
  );
}
