import { landedRef } from '@ralph/protocol/contract/paths';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import { fetchTarget, isAncestor } from '../push/target.ts';

/** Keeps the commit with which an attempt has landed, so that its line may come again at any time. */
export async function recordLanded({ settings }: Bench, candidate: Candidate, commit: string): Promise<void> {
  await git(['update-ref', landedRef(candidate.taskId, candidate.attempt), commit], { cwd: settings.root });
}

/**
 * Tells whether an attempt has landed already, by the commit that was kept when it did. Content alone proves nothing:
 * an attempt that did nothing is on the target too, and what landed may have been changed there since.
 *
 * @returns the commit; nothing when it is not on the target branch or the remote cannot be asked
 */
export async function landedBefore({ settings, stop }: Bench, candidate: Candidate): Promise<string | undefined> {
  const { root } = settings;
  const ref = landedRef(candidate.taskId, candidate.attempt);
  const { stdout } = await tryGit(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { cwd: root });
  const commit = stdout.trim();
  if (commit === '') return undefined;
  const end = await fetchTarget(settings, stop);
  if (end.kind !== 'fetched') return undefined;
  return (await isAncestor(root, commit, end.commit)) ? commit : undefined;
}
