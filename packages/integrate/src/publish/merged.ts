import { existsSync } from 'node:fs';
import { tryGit } from '@ralph/protocol/process/git';
import type { Bench } from '../site/bench.ts';
import { isQueueTracked } from '../books/bookkeeping.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { Landed } from '../push/landed.ts';
import { fetchTarget, isAncestor } from '../push/target.ts';
import { requireAnswer } from '../push/require-answer.ts';
import { readPublication } from './publication.ts';

/** What a merge of published work would do to the target branch; `unknown` where this git cannot tell (before 2.38). */
export type MergeEffect = 'none' | 'clean' | 'conflict' | 'unknown';

/** Tries a merge in memory; nothing is touched. */
export async function mergeEffect(root: string, target: string, commit: string): Promise<MergeEffect> {
  const args = ['merge-tree', '--write-tree', '--no-messages', '--name-only', target, commit];
  const merged = await tryGit(args, { cwd: root });
  if (merged.exitCode === 1) return 'conflict';
  if (merged.exitCode !== 0) return 'unknown';
  const { stdout } = await tryGit(['rev-parse', `${target}^{tree}`], { cwd: root });
  return stdout.trim() === merged.stdout.split('\n', 1)[0] ? 'none' : 'clean';
}

/**
 * Looks whether what was published of an attempt has been merged: by its commit, or by all that it changed, since a
 * squash leaves no commit of it.
 *
 * @param tip the attempt's own tip now; what was published of another one says nothing about it
 * @returns the commit on the target branch; nothing when it was not merged, or when the remote cannot be asked and the
 *   workspace is there to go on with
 * @throws Failure `origin_unreachable`, `push_auth` when the remote cannot be asked and the workspace is gone; Stopped
 */
export async function mergedPublication(
  { settings, stop }: Bench,
  { taskId, attempt, workspacePath }: Candidate,
  tip: string,
): Promise<Landed | undefined> {
  const { root } = settings;
  const known = readPublication(root, taskId);
  if (known?.attempt !== attempt || known.tip !== tip) return undefined;
  const end = await fetchTarget(settings, stop);
  if (!existsSync(workspacePath)) requireAnswer(settings, end, stop);
  if (end.kind !== 'fetched') return undefined;
  const target = end.commit;
  const isThere = await isAncestor(root, known.commit, target);
  if (!isThere && (await mergeEffect(root, target, known.commit)) !== 'none') return undefined;
  return { commit: isThere ? known.commit : target, queueTracked: await isQueueTracked(root, root, target) };
}

/** The same of an attempt whose workspace has been removed: its branch is all that there has to be. */
export async function mergedWithoutWorkspace(
  bench: Bench,
  candidate: Candidate,
  tip: string,
): Promise<Landed | undefined> {
  return existsSync(candidate.workspacePath) ? undefined : mergedPublication(bench, candidate, tip);
}
