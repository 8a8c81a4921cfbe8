import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { git as mainGit, tryGit as tryMainGit } from '@ralph/protocol/process/git';
import type { Job } from '../candidate/job.ts';
import { targetName, trackingRef } from '../site/settings.ts';
import { git, tryGit } from '../workspace/workspace-git.ts';
import { isOwnRef, type Reach } from './refs-of-others.ts';

/** No more commits than this are named. */
const MOST_NAMED = 3;

interface Found {
  /** Commits that the attempt did not make and the target branch has not, newest first. */
  readonly beyond: readonly string[];
  /** Whether the attempt's own commits stand on one of them alone. */
  readonly isLinear: boolean;
  readonly reach: Reach;
}

/** Returns the failure that names commits of others in an attempt, where they come from, and how to do without them. */
export async function foreignCommits(job: Job, { beyond, isLinear, reach }: Found): Promise<Failure> {
  const { bench, candidate, workspace } = job;
  const { settings } = bench;
  const { root, remote, targetBranch } = settings;
  const cwd = workspace.path;
  const shown = beyond.slice(0, MOST_NAMED);
  const subjects = await git(['log', '--no-walk=unsorted', '--format=%h %s', ...shown], { cwd });
  const more = beyond.length > MOST_NAMED ? ` and ${beyond.length - MOST_NAMED} more` : '';
  const [newest = ''] = beyond;
  const refs = await refsWith(job, newest, reach);
  const isUnpushed = refs.includes(`refs/heads/${targetBranch}`);
  const from = refs.map((ref) => ref.replace(/^refs\/(?:heads|tags|remotes)\//, '')).slice(0, MOST_NAMED);
  const whence = isUnpushed
    ? `your ${targetBranch}, which is ahead of ${targetName(settings)}`
    : from.join(', ') || 'elsewhere';
  const push = commandLine(['git', '-C', root, 'push', remote.name, `${newest}:refs/heads/${targetBranch}`]);
  const drop = commandLine(['git', '-C', cwd, 'rebase', '--onto', targetName(settings), newest]);
  const look = commandLine(['git', '-C', cwd, 'log', '--oneline', '--graph', `${targetName(settings)}..HEAD`]);
  return new Failure(
    'foreign_commits',
    `${candidate.taskId} holds commits that are not its own: ${subjects.trimEnd().split('\n').join(', ')}${more} (from ${whence})`,
    {
      hint: isUnpushed
        ? `${push}  # then land it again`
        : isLinear
          ? `${drop}  # takes them out; then land it again`
          : `${look}  # land them first, or take them out; then land it again`,
      details: { commits: shown, refs: from },
    },
  );
}

/** Returns refs that reach a commit, those of the main repository first. */
async function refsWith({ bench, candidate, workspace }: Job, commit: string, { env }: Reach): Promise<string[]> {
  const { settings } = bench;
  const args = ['for-each-ref', '--format=%(refname)', '--contains', commit];
  const known = await tryMainGit(['cat-file', '-e', commit], { cwd: settings.root });
  const inMain = known.exitCode === 0 ? await mainGit(args, { cwd: settings.root }) : '';
  const inWorkspace = await tryGit([...args, 'refs/remotes'], { cwd: workspace.path, env });
  const names = `${inMain}\n${inWorkspace.stdout}`.split('\n').filter((name) => name !== '');
  const isShown = (ref: string) => !isOwnRef(ref, candidate.taskId) && ref !== trackingRef(settings);
  return [...new Set(names.filter(isShown))];
}
