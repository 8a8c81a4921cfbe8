import type { Job } from '../candidate/job.ts';
import { git } from '../workspace/workspace-git.ts';
import { foreignCommits } from './foreign-commits.ts';
import { mainRefs, type MainRef } from './main-refs.ts';
import type { Origin } from './origin.ts';
import { ownTracking, reachOfOthers, type Reach } from './refs-of-others.ts';

/** Looks for the commits of an attempt that none of some refs reaches, nor a ref of a remote in its workspace. */
export async function originOf(job: Job, refs: readonly MainRef[]): Promise<Origin> {
  const { bench, candidate } = job;
  return lookFrom(job, reachOfOthers(bench.settings, candidate.taskId, refs));
}

/**
 * Makes sure that only commits of this attempt land: none that is reached from anywhere else, be it the user's branches
 * and tags, what is on remotes, or the attempts at other tasks, unless the target branch has it. A commit that a person
 * added in the workspace is reached from nowhere else. Looks once at each tip.
 *
 * @param onto a commit that the target branch holds, or will hold before them
 * @throws Failure `foreign_commits`
 */
export async function requireOwnCommits(job: Job, onto: string): Promise<void> {
  const { bench, workspace, candidate, tip } = job;
  if (job.ownTip === tip || standsOn(job, onto)) {
    job.ownTip = tip;
    return;
  }
  const { settings } = bench;
  const reach = reachOfOthers(settings, candidate.taskId, await mainRefs(settings.root));
  const origin = await lookFrom(job, reach);
  const { hasOwn, boundary } = origin;
  const beyond = await notOnTarget(workspace.path, hasOwn ? boundary : [tip], reach);
  if (beyond.length > 0) throw await foreignCommits(job, { beyond, isLinear: boundary.length === 1, reach });
  job.origin = origin;
  job.ownTip = tip;
}

/** Tells whether it is known that all that is to be put on a commit is own commits, and none of them a merge. */
export function isKnownWithoutMerges(job: Job, onto: string): boolean {
  return standsOn(job, onto) && job.origin?.hasOwnMerges === false;
}

/** Tells whether the own commits are known to stand on nothing but what a commit holds. */
export function standsOn({ bench, origin, tip }: Job, onto: string): boolean {
  if (origin?.tip !== tip || !origin.hasOwn || origin.boundary.length === 0) return false;
  return origin.boundary.every((commit) => bench.history.holds(commit, onto));
}

async function lookFrom({ bench, workspace, candidate, tip }: Job, reach: Reach): Promise<Origin> {
  const ends = [tip, ...[reach.target, ...reach.commits].map((commit) => `^${commit}`), ''].join('\n');
  const ownRefs = ownTracking(bench.settings, candidate.taskId).flatMap((name) => [`--exclude=${name}`]);
  const how = ['--parents', '--boundary', '--ignore-missing', '--stdin'];
  const args = ['rev-list', ...how, ...ownRefs, '--not', '--remotes'];
  const found = await git(args, { cwd: workspace.path, input: ends, env: reach.env });
  const boundary: string[] = [];
  let hasOwn = false;
  let hasOwnMerges = false;
  for (const line of found.split('\n')) {
    if (line === '') continue;
    const [commit = '', ...parents] = line.split(' ');
    if (commit.startsWith('-')) {
      boundary.push(commit.slice(1));
      continue;
    }
    hasOwn = true;
    hasOwnMerges ||= parents.length > 1;
  }
  return { tip, hasOwn, hasOwnMerges, boundary };
}

/** Tells the commits of some that are not on the target branch, with those they stand on that are not, newest first. */
async function notOnTarget(cwd: string, commits: readonly string[], { target, env }: Reach): Promise<string[]> {
  if (commits.length === 0) return [];
  const out = await git(['rev-list', '--topo-order', ...commits, '--not', target], { cwd, env });
  return out.split('\n').filter((line) => line !== '');
}
