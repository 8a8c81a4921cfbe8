import { git } from '@ralph/protocol/process/git';
import type { Bench } from './bench.ts';
import { fetchTarget } from './target.ts';

/**
 * Tells whether an attempt whose workspace is gone has landed already: each of its commits is on the target branch, as
 * it was or rebased. Asked when a line comes a second time.
 *
 * @param tip the parked tip of the attempt
 * @returns the commit of the target branch; nothing when it has not landed or the remote cannot be asked
 */
export async function landedBefore({ settings, stop }: Bench, tip: string): Promise<string | undefined> {
  const { root } = settings;
  const end = await fetchTarget(settings, root, stop);
  if (end.kind !== 'fetched') return undefined;
  const commits = await git(['cherry', end.commit, tip], { cwd: root });
  return /^\+/m.test(commits) ? undefined : end.commit;
}
