import { existsSync } from 'node:fs';
import { landedRef } from '@ralph/protocol/contract/paths';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import type { MainRef } from '../prepare/main-refs.ts';
import { fetchTarget, isInHistory } from '../push/target.ts';
import { requireAnswer } from '../push/require-answer.ts';

/** Keeps the commit with which an attempt has landed, so that its line may come again at any time. */
export async function recordLanded({ settings }: Bench, candidate: Candidate, commit: string): Promise<void> {
  await git(['update-ref', landedRef(candidate.taskId, candidate.attempt), commit], { cwd: settings.root });
}

/**
 * Tells whether an attempt has landed already, by the commit that was kept when it did. Content alone proves nothing:
 * an attempt that did nothing is on the target too, and what landed may have been changed there since.
 *
 * @param refs all that are in the main repository now
 * @returns the commit; nothing when it is not on the target branch, or when the remote cannot be asked and the workspace
 *   is there to go on with
 * @throws Failure `origin_unreachable`, `push_auth` when the remote cannot be asked and the workspace is gone; Stopped
 */
export async function landedBefore(
  bench: Bench,
  candidate: Candidate,
  refs: readonly MainRef[],
): Promise<string | undefined> {
  const { settings, stop } = bench;
  const kept = landedRef(candidate.taskId, candidate.attempt);
  const commit = refs.find(({ name }) => name === kept)?.commit;
  if (commit === undefined) return undefined;
  const end = await fetchTarget(settings, stop);
  if (!existsSync(candidate.workspacePath)) requireAnswer(settings, end, stop);
  if (end.kind !== 'fetched') return undefined;
  return (await isInHistory(bench, commit, end.commit)) ? commit : undefined;
}

/** Tells whether an attempt was told as landed by this repository, without a word about where the target is now. */
export async function hasLandedRef(root: string, candidate: Candidate): Promise<boolean> {
  const ref = `${landedRef(candidate.taskId, candidate.attempt)}^{commit}`;
  const { stdout } = await tryGit(['rev-parse', '--verify', '--quiet', ref], { cwd: root });
  return stdout.trim() !== '';
}
