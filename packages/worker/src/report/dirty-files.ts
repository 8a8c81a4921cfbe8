import { basename, dirname } from 'node:path/posix';
import { RALPH_PATHS, RUNTIME_PATTERNS } from '@ralph/protocol/contract/paths';
import { isNextName } from '@ralph/protocol/process/next-file';

/** Paths with changes that nobody has committed, as git names them. */
export interface DirtyFiles {
  readonly tracked: readonly string[];
  readonly untracked: readonly string[];
}

/** What a run itself writes, or what it reads from where it is (reference: part A3, check 1). */
const FILES: ReadonlySet<string> = new Set([
  RALPH_PATHS.queue,
  RALPH_PATHS.done,
  RALPH_PATHS.config,
  RALPH_PATHS.trust,
]);

/** Linked worktrees of further loops stand in the last one. */
const FOLDERS = [...RUNTIME_PATTERNS.filter((pattern) => pattern.endsWith('/')), '.worktrees/'];

const OWN_LOCK = /^\.ralph\/[^/]+\.lock$/;

/**
 * Reads what `git status --porcelain -z --no-renames` prints, less the files of the family. A folder that is not
 * tracked is one entry, with a slash at its end; `.ralph/` counts as ours then.
 */
export function dirtyFiles(status: string): DirtyFiles {
  const entries = status
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => ({ isUntracked: entry.startsWith('??'), path: entry.slice(3) }))
    .filter(({ path }) => !isOurs(path));
  const pathsOf = (wanted: boolean) =>
    entries.filter(({ isUntracked }) => isUntracked === wanted).map(({ path }) => path);
  return { tracked: pathsOf(false), untracked: pathsOf(true) };
}

function isOurs(path: string): boolean {
  if (FILES.has(path) || OWN_LOCK.test(path)) return true;
  if (FOLDERS.some((folder) => path.startsWith(folder))) return true;
  // Whoever was killed while it wrote one of those must keep no run from its start; the next writer of it sweeps.
  if (dirname(path) === '.ralph' && isNextName(basename(path))) return true;
  // A parent that is collapsed into one entry.
  return path.endsWith('/') && [...FILES, ...FOLDERS].some((own) => own.startsWith(path));
}
