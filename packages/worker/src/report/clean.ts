import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { gitFailed, tryGit } from '@ralph/protocol/process/git';
import { dirtyFiles, type DirtyFiles } from './dirty-files.ts';

/** No more files than this are named of each kind. */
const MOST_NAMED = 10;

/**
 * Makes sure that the main worktree holds nothing that is not committed: agents start from what origin has, so that
 * they would work without it (reference: part A3, check 1). Git's index is not refreshed by the look.
 *
 * @throws Failure `repository_dirty` naming the first files of each kind
 */
export async function requireClean(root: string): Promise<void> {
  const args = ['--no-optional-locks', 'status', '--porcelain', '-z', '--no-renames', '--untracked-files=normal'];
  const result = await tryGit(args, { cwd: root });
  if (result.exitCode !== 0) {
    const inside = await tryGit(['rev-parse', '--is-inside-work-tree'], { cwd: root });
    // A bare repository has no files that could be changed.
    if (inside.stdout.trim() !== 'true') return;
    throw gitFailed(args, root, result);
  }
  const dirty = dirtyFiles(result.stdout);
  if (dirty.tracked.length + dirty.untracked.length > 0) throw dirtyFailure(root, dirty);
}

/** Returns the failure for files that are not committed; its hint names each of them, so that nothing else is put away. */
export function dirtyFailure(root: string, { tracked, untracked }: DirtyFiles): Failure {
  const all = [...tracked, ...untracked];
  const look = ['git', '-C', root, 'status', '--short'];
  const stash = ['git', '-C', root, 'stash', 'push', '--include-untracked', '--', ...all];
  return new Failure(
    'repository_dirty',
    [
      'repo is dirty; commit or stash your changes first: agents start from what origin has',
      ...listed("Tracked changes (suggest 'git stash' or 'git commit'):", tracked),
      ...listed("Untracked files (suggest 'git add' and 'git commit', or a rule in .gitignore):", untracked),
    ].join('\n'),
    {
      hint: `${commandLine(all.length > MOST_NAMED ? look : stash)}  # or commit them; ralph-orchestrate run --force goes on as it is`,
      details: { tracked: tracked.length, untracked: untracked.length },
    },
  );
}

function listed(heading: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length - MOST_NAMED;
  const named = paths.slice(0, MOST_NAMED).map((path) => `    ${path.replaceAll('\n', ' ')}`);
  return [`  ${heading}`, ...named, ...(more > 0 ? [`    ...and ${more} more`] : [])];
}
