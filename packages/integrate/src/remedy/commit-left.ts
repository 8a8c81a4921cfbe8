import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { isFailure, type FailureCode } from '@ralph/protocol/contract/failure';
import { callSibling } from '@ralph/protocol/process/sibling';
import type { Job } from '../candidate/job.ts';
import { git } from '../workspace/workspace-git.ts';

const TITLE_LENGTH = 200;

/** How often it is called while somebody kills it. */
const MOST_CALLS = 5;

/** What `ralph-worker commit` prints. */
const committed = z.object({ head_commit: z.string() });

export type Left =
  { readonly kind: 'settled'; readonly head: string } | { readonly kind: 'unfinished'; readonly reason: string };

/** What of a workspace makes a remedy count for nothing, and no trouble of ours. */
const UNFINISHED: ReadonlySet<FailureCode> = new Set<FailureCode>(['workspace_dirty', 'secrets_committed']);

/**
 * Has ralph-worker make commits of what a resolver left, by the rules that hold for agents, under our claim of the task.
 * The settings of the workspace are those again that it was made with, also when the work is not finished.
 *
 * @param listPath file with the names of new files that were there before the resolver
 * @throws Failure ralph-worker's own
 */
export async function commitLeft(job: Job, onto: string, listPath: string): Promise<Left> {
  const { bench, candidate, workspace, claimFd } = job;
  const { taskId, attempt } = candidate;
  const title = workspace.title ?? candidate.title ?? '';
  const [subject = ''] = title.split('\n', 1);
  // One word: a title may begin like an option.
  const named = subject === '' ? [] : [`--title=${subject.slice(0, TITLE_LENGTH)}`];
  const where = ['--repo', bench.settings.root, '--workspace', workspace.path, '--attempt', String(attempt)];
  const claim = claimFd === undefined ? [] : ['--claim-fd', '3'];
  const what = ['--base', onto, '--leave-from', listPath];
  const words = ['commit', taskId, ...where, ...what, ...named, ...claim];
  const inherits = claimFd === undefined ? [] : [claimFd];
  const call = () => callSibling('ralph-worker', words, (line) => bench.output.note(line), { inherits });
  try {
    const [record] = await calledAgain(call);
    return { kind: 'settled', head: committed.parse(record).head_commit };
  } catch (error) {
    if (!isFailure(error) || !UNFINISHED.has(error.code)) throw error;
    return { kind: 'unfinished', reason: error.message };
  }
}

/** That somebody has killed it says nothing about the work. */
async function calledAgain<T>(call: () => Promise<T>): Promise<T> {
  for (let calls = 1; ; calls += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isFailure(error) || error.code !== 'sibling_failed' || calls === MOST_CALLS) throw error;
    }
  }
}

/** Writes down which new files are in a workspace, one name per line as git quotes them. */
export async function listNewFiles({ workspace }: Job, listPath: string): Promise<void> {
  const args = ['-c', 'core.quotePath=true', 'ls-files', '--others', '--exclude-standard'];
  mkdirSync(dirname(listPath), { recursive: true });
  rmSync(listPath, { force: true });
  writeFileSync(listPath, await git(args, { cwd: workspace.path }), { mode: 0o600 });
}

/** Returns the new files in a workspace, by their names. */
export async function newFiles({ workspace }: Job): Promise<Set<string>> {
  const out = await git(['ls-files', '--others', '--exclude-standard', '-z'], { cwd: workspace.path });
  return new Set(out.split('\0').filter((name) => name !== ''));
}

/** Removes the new files of a try that counts for nothing, so that the next one begins as it did. */
export async function removeNewFiles(job: Job, before: ReadonlySet<string>): Promise<void> {
  for (const name of await newFiles(job)) {
    const path = join(job.workspace.path, name);
    const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    // A repository of its own in there is not for us to judge.
    if (!before.has(name) && !isFolder) rmSync(path, { force: true });
  }
}
