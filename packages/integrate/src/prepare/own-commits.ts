import type { Job } from '../candidate/job.ts';
import { git } from '../workspace/workspace-git.ts';
import { foreignCommits } from './foreign-commits.ts';
import { ownTracking, reachOfOthers, type Reach } from './refs-of-others.ts';

/**
 * Makes sure that only commits of this attempt land: none that is reached from anywhere else, be it the user's branches
 * and tags, what is on remotes, or the attempts at other tasks, unless the target branch has it. A commit that a person
 * added in the workspace is reached from nowhere else. Looks once at each tip.
 *
 * @throws Failure `foreign_commits`
 */
export async function requireOwnCommits(job: Job): Promise<void> {
  const { bench, workspace, candidate, tip } = job;
  const { settings } = bench;
  if (job.ownTip === tip) return;
  const cwd = workspace.path;
  const reach = await reachOfOthers(settings, candidate.taskId);
  const ends = [tip, ...[reach.target, ...reach.commits].map((commit) => `^${commit}`), ''].join('\n');
  const ownRefs = ownTracking(settings, candidate.taskId).flatMap((name) => [`--exclude=${name}`]);
  const args = ['rev-list', '--boundary', '--ignore-missing', '--stdin', ...ownRefs, '--not', '--remotes'];
  const found = (await git(args, { cwd, input: ends, env: reach.env })).split('\n').filter((line) => line !== '');
  const own = found.filter((line) => !line.startsWith('-'));
  const boundary = found.flatMap((line) => (line.startsWith('-') ? [line.slice(1)] : []));
  const left = own.length === 0 ? [tip] : boundary;
  const beyond = await notOnTarget(cwd, left, reach);
  if (beyond.length > 0) throw await foreignCommits(job, { beyond, isLinear: boundary.length === 1, reach });
  job.ownTip = tip;
}

/** Tells the commits of some that are not on the target branch, with those they stand on that are not, newest first. */
async function notOnTarget(cwd: string, commits: readonly string[], { target, env }: Reach): Promise<string[]> {
  if (commits.length === 0) return [];
  const out = await git(['rev-list', '--topo-order', ...commits, '--not', target], { cwd, env });
  return out.split('\n').filter((line) => line !== '');
}
