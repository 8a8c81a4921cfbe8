import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { git, tryGit } from '@ralph/protocol/process/git';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { isQueueTracked } from '../books/bookkeeping.ts';
import { missingBranch } from '@ralph/protocol/process/missing-branch';
import type { TARGET_OPTIONS } from '../options.ts';
import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import { findRemote, shownUrl, type Remote } from '../site/remote.ts';
import { requirePushedTasks } from '../books/pushed-tasks.ts';
import { targetBranch } from '@ralph/protocol/process/target-branch';

/** `ralph-integrate preflight`: says whether work could land, before any is done. Moves no ref. */
export async function run(call: Call<typeof TARGET_OPTIONS>): Promise<Result> {
  const { root } = findGitRepository(call.args.repo);
  const remote = await findRemote(root, call.args.remote);
  const branch = await targetBranch(root, call.args['target-branch']);
  const commit = await remoteCommit(root, remote, branch);
  await fetchCommit(root, remote, branch);
  const queueTracked = await isQueueTracked(root, root, commit);
  if (queueTracked) await requirePushedTasks(root, `${remote.name}/${branch}`, commit);
  const distance = await aheadBehind(root, branch, commit);
  return {
    record: {
      remote: remote.name,
      url: shownUrl(remote.fetchUrl),
      target_branch: branch,
      commit,
      queue_tracked: queueTracked,
      ...distance,
    },
    text: `work can land on ${branch} of ${shownUrl(remote.fetchUrl)} (now at ${commit.slice(0, 10)})\n`,
  };
}

async function remoteCommit(root: string, remote: Remote, branch: string): Promise<string> {
  const { stdout, stderr, exitCode } = await tryGit(['ls-remote', remote.fetchUrl, `refs/heads/${branch}`], {
    cwd: root,
  });
  if (exitCode !== 0) throw unreachable(remote, stderr);
  const [commit = ''] = stdout.split('\t', 1);
  if (commit !== '') return commit;
  throw await missingBranch(root, remote.name, branch);
}

/** Brings the objects of the target here, to be compared with; no ref of the user's is moved. */
async function fetchCommit(root: string, remote: Remote, branch: string): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    remote.fetchUrl,
    `refs/heads/${branch}`,
  ];
  const { stderr, exitCode } = await tryGit(args, { cwd: root });
  if (exitCode !== 0) throw unreachable(remote, stderr);
}

/** How far the local branch is from the remote one, in commits; null when there is no local one. */
async function aheadBehind(
  root: string,
  branch: string,
  commit: string,
): Promise<{ ahead: number | null; behind: number | null }> {
  const local = await tryGit(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`], { cwd: root });
  if (local.exitCode !== 0) return { ahead: null, behind: null };
  const out = await git(['rev-list', '--left-right', '--count', `${local.stdout.trim()}...${commit}`], { cwd: root });
  const [ahead, behind] = out.trim().split('\t').map(Number);
  return { ahead: ahead ?? null, behind: behind ?? null };
}

function unreachable(remote: Remote, stderr: string): Failure {
  const words = withoutCredentials(stderr.trim().split('\n').slice(0, 3).join(' / '));
  return new Failure(
    'origin_unreachable',
    `${remote.name} (${shownUrl(remote.fetchUrl)}) cannot be reached: ${words}`,
    {
      hint: `git ls-remote ${remote.name}`,
    },
  );
}
