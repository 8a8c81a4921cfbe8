import type { Call, Result } from '@ralph/protocol/cli/program';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { git, tryGit } from '@ralph/protocol/process/git';
import { readParallelConfig } from '@ralph/protocol/process/parallel-config';
import { bookkeepingMode, placesOfBooks } from '../books/bookkeeping.ts';
import { missingBranch } from '@ralph/protocol/process/missing-branch';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import { shownUrl, type Remote } from '../site/remote.ts';
import { pushRights } from '../push/push-rights.ts';
import { requirePushedTasks } from '../books/pushed-tasks.ts';
import { readSettings } from '../site/settings.ts';
import { landingScopes } from '../train/landing-scopes.ts';

/** `ralph-integrate preflight`: says whether work could land, before any is done. Moves no ref. */
export async function run(call: Call<typeof PREFLIGHT_OPTIONS>): Promise<Result> {
  const { root, remote, targetBranch: branch } = await readSettings(call.args);
  landingScopes(call.args, await readParallelConfig(root));
  const commit = await remoteCommit(root, remote, branch);
  await fetchCommit(root, remote, branch);
  const books = await placesOfBooks(root, root, commit);
  const queueTracked = bookkeepingMode(books.queue, books.done) === 'tracked';
  if (queueTracked) await requirePushedTasks(root, `${remote.name}/${branch}`, commit);
  const push = await pushRights(root, remote, branch, commit);
  const { ahead, behind } = await aheadBehind(root, branch, commit);
  const diverged = (ahead ?? 0) > 0 && (behind ?? 0) > 0;
  if (diverged) {
    const upstream = `${remote.name}/${branch}`;
    const pull = commandLine(['git', '-C', root, 'pull', '--rebase', remote.name, branch]);
    call.output.note(
      `ralph-integrate: your ${branch} and ${upstream} have diverged (${ahead} ahead, ${behind} behind): work lands on ${upstream}, and your checkout is left as it is; to bring them together: ${pull}`,
    );
  }
  return {
    record: {
      remote: remote.name,
      url: shownUrl(remote.fetchUrl),
      target_branch: branch,
      commit,
      queue_tracked: queueTracked,
      queue: books.queue,
      done: books.done,
      ahead,
      behind,
      diverged,
      push,
    },
    text: `work can land on ${branch} of ${shownUrl(remote.fetchUrl)} (now at ${commit.slice(0, 10)})${push === 'unknown' ? ', if the remote takes a push: it could not be asked' : ''}\n`,
  };
}

async function remoteCommit(root: string, remote: Remote, branch: string): Promise<string> {
  const { stdout, stderr, exitCode } = await tryGit(['ls-remote', remote.fetchUrl, `refs/heads/${branch}`], {
    cwd: root,
  });
  if (exitCode !== 0) throw unreachable(root, remote, stderr);
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
  if (exitCode !== 0) throw unreachable(root, remote, stderr);
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
