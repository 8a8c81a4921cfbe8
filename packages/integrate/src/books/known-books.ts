import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { git } from '@ralph/protocol/process/git';

/** The queue and the done file. */
export const BOOKS = [RALPH_PATHS.queue, RALPH_PATHS.done] as const;

/** So many commits are remembered. */
const MOST = 100;

/** What a commit holds never changes. */
const known = new Map<string, readonly string[]>();

/**
 * Returns which of the queue and the done file a commit holds. By `ls-tree`: it tells "not there" apart from a failure,
 * which `cat-file -e` does not for a path. Git is asked once for each commit.
 */
export async function trackedFiles(folder: string, commit: string): Promise<readonly string[]> {
  const before = known.get(commit);
  if (before !== undefined) return before;
  const out = await git(['ls-tree', '-z', '--name-only', commit, '--', ...BOOKS], { cwd: folder });
  const names = out.split('\0').filter((name) => name !== '');
  rememberTracked(commit, names);
  return names;
}

/** Takes note of which of them a commit holds. */
function rememberTracked(commit: string, names: readonly string[]): void {
  known.set(commit, names);
  for (const oldest of known.keys()) {
    if (known.size <= MOST) break;
    known.delete(oldest);
  }
}

/** Takes note that a commit which was made on top of another holds what that holds, where that is both. */
export function bothStillTracked(commit: string, onto: string): void {
  const names = known.get(onto);
  if (names?.length === BOOKS.length) rememberTracked(commit, names);
}
