import { Failure } from '@ralph/protocol/contract/failure';
import { gitFailed } from '@ralph/protocol/process/git';
import type { Job } from '../candidate/job.ts';
import { mergeByHand } from '../candidate/next-command.ts';
import { putHeadOn, type Workspace } from '../workspace/workspace.ts';
import { git, tryGit } from '../workspace/workspace-git.ts';

const MERGE_LIMIT_MS = 600_000;

/** How git says that it does not know `merge-tree --write-tree`, which came with 2.38. */
const USAGE_STATUS = 129;

interface Span {
  readonly tip: string;
  readonly onto: string;
}

/** Tells whether there are merges among the commits that are not on the target: a rebase would drop what they hold. */
export async function hasMerges({ path }: Workspace, { tip, onto }: Span): Promise<boolean> {
  const args = ['rev-list', '--merges', '--max-count=1', `${onto}..${tip}`];
  return (await git(args, { cwd: path })).trim() !== '';
}

/**
 * Puts the work of a job on top of a commit of the target branch as one commit, and HEAD on that. Work that is there
 * already makes no commit.
 *
 * @param env of the gits that make objects
 * @returns the files in conflict, exactly as they are named; HEAD is not moved then
 * @throws Failure `git_failed`
 */
export async function combineOnto(job: Job, onto: string, env: Readonly<Record<string, string>>): Promise<string[]> {
  const { workspace, tip } = job;
  const cwd = workspace.path;
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', onto, tip];
  const result = await tryGit(args, { cwd, env, limitMs: MERGE_LIMIT_MS });
  const [tree = '', ...files] = result.stdout.split('\0').filter((field) => field !== '');
  if (result.exitCode === 1 && files.length > 0) return [...new Set(files)];
  if (result.exitCode === USAGE_STATUS) throw gitTooOld(job);
  if (result.exitCode !== 0) throw gitFailed(args, cwd, result);
  const present = (await git(['rev-parse', `${onto}^{tree}`], { cwd })).trim();
  await putHeadOn(workspace, tree === present ? onto : await commitTree(job, tree, { onto, env }), job.branch);
  return [];
}

async function commitTree(
  job: Job,
  tree: string,
  { onto, env: common }: { readonly onto: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const { workspace, tip } = job;
  const cwd = workspace.path;
  const out = await git(['log', '-1', '--format=%an%x00%ae%x00%ad', '--date=raw', tip], { cwd });
  const [name = '', email = '', date = ''] = out.trimEnd().split('\0');
  const env = { ...common, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date };
  const signing = await tryGit(['config', '--type=bool', '--get', 'commit.gpgSign'], { cwd });
  const sign = signing.stdout.trim() === 'true' ? ['-S'] : [];
  const input = await message(job, onto);
  return (await git(['commit-tree', ...sign, '-p', onto, '-F', '-', tree], { cwd, env, input })).trim();
}

async function message({ workspace, candidate, tip }: Job, onto: string): Promise<string> {
  const args = ['log', '--reverse', '--format=%s', `${onto}..${tip}`];
  const subjects = (await git(args, { cwd: workspace.path })).trimEnd().split('\n');
  const title = (workspace.title ?? candidate.title)?.split('\n', 1)[0]?.trim() ?? '';
  const headline = `${candidate.taskId}: ${title === '' ? (subjects.at(-1) ?? '') : title}`;
  const list = subjects.map((subject) => `- ${subject}`).join('\n');
  return `${headline}\n\n${list}\n\nRalph-Task: ${candidate.taskId}\n`;
}

function gitTooOld({ bench, candidate }: Job): Failure {
  return new Failure('git_failed', 'the work holds merges, and this git cannot combine them (2.38 can)', {
    hint: `${mergeByHand(bench.settings, candidate)}  # or install git 2.38 or newer`,
  });
}
