import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { tryGit, type GitOptions } from '@ralph/protocol/process/git';
import type { Site } from '../site/site.ts';
import { quotedForGit } from '@ralph/protocol/process/borrowed-objects';
import { inWorkspace, tryWorkspaceGit } from '../workspace/workspace-git.ts';

const LIMIT_MS = 30_000;

export interface SeenWork {
  /** Whether there are edits that are not committed; null when git cannot tell. */
  readonly dirty: boolean | null;
  /** Commits on top of its base; null when git cannot tell. */
  readonly ahead: number | null;
}

/**
 * Looks at a workspace in which an agent may be at work. Git takes the settings of the user's repository for it, and from
 * the workspace its index, files and objects alone: nothing that the agent has set there is run. Writes nothing.
 *
 * @param base what the workspace began from; nothing when it does not say
 */
export async function lookAtWork(repo: Site['repo'], path: string, base: string | undefined): Promise<SeenWork> {
  const named = await tryWorkspaceGit(path, ['rev-parse', '-q', '--verify', 'HEAD'], { limitMs: LIMIT_MS });
  const head = named.stdout.trim();
  if (named.exitCode !== 0 || !/^[0-9a-f]{40,64}$/.test(head)) return { dirty: null, ahead: null };
  const where = asSeenByUser(repo, path);
  const [dirty, count] = await Promise.all([
    isFile(join(path, '.git/index')) ? isDirty(where, head) : null,
    base === undefined ? undefined : tryGit(['rev-list', '--count', `${base}..${head}`, '--'], where),
  ]);
  return { dirty, ahead: count?.exitCode === 0 ? Number(count.stdout) : null };
}

function asSeenByUser({ gitDir }: Site['repo'], path: string): GitOptions {
  const own = {
    GIT_DIR: gitDir,
    GIT_INDEX_FILE: join(path, '.git/index'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: quotedForGit(join(path, '.git/objects')),
  };
  return inWorkspace(path, { env: own, limitMs: LIMIT_MS });
}

async function isDirty(where: GitOptions, head: string): Promise<boolean | null> {
  const diff = [
    '--no-optional-locks',
    'diff',
    '--quiet',
    '--no-ext-diff',
    '--no-textconv',
    '--ignore-submodules=dirty',
  ];
  const excludes = join(where.cwd, '.git/info/exclude');
  const others = ['ls-files', '--others', '--directory', '--no-empty-directory', '--exclude-standard', '-z'];
  const [edits, staged, untracked] = await Promise.all([
    tryGit([...diff, head, '--'], where),
    tryGit([...diff, '--cached', head, '--'], where),
    tryGit([...others, ...(isFile(excludes) ? [`--exclude-from=${excludes}`] : [])], where),
  ]);
  if (untracked.exitCode !== 0) return null;
  if (untracked.stdout !== '' || edits.exitCode === 1 || staged.exitCode === 1) return true;
  return edits.exitCode === 0 && staged.exitCode === 0 ? false : null;
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
