import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../contract/failure.ts';

export interface Repository {
  /** Real path of the main worktree, or of the given folder outside git. */
  readonly root: string;
  /** Real path of the common git folder; absent outside git. */
  readonly gitDir?: string;
}

/**
 * Finds the main worktree of the repository around a folder: the same one from a subdirectory, through a symlink and
 * from a linked worktree. Reads git's own files, since this is done at the start of every command.
 *
 * @param repo the folder that `--repo` named; outside git it serves as it is
 * @throws Failure `not_a_repository`
 */
export function findRepository(repo: string | undefined, cwd = process.cwd()): Repository {
  const start = resolve(cwd, repo ?? '.');
  if (!isDirectory(start)) {
    throw new Failure('not_a_repository', `no such folder: ${start}`, { hint: 'check the path after --repo' });
  }
  const real = realpathSync(start);
  for (let folder = real; ; folder = dirname(folder)) {
    const found = repositoryAt(folder);
    if (found !== undefined) return found;
    if (dirname(folder) === folder) break;
  }
  if (repo !== undefined) return { root: real };
  throw notARepository(real);
}

/** Finds the repository around a folder and insists that it is one of git. */
export function findGitRepository(repo: string | undefined, cwd = process.cwd()): Required<Repository> {
  const { root, gitDir } = findRepository(repo, cwd);
  if (gitDir === undefined) throw notARepository(root);
  return { root, gitDir };
}

function notARepository(folder: string): Failure {
  return new Failure('not_a_repository', `not a git repository: ${folder}`, {
    hint: 'change to the repository, or name it with --repo DIR',
  });
}

function repositoryAt(folder: string): Repository | undefined {
  const dotGit = join(folder, '.git');
  if (isDirectory(dotGit))
    return existsSync(join(dotGit, 'HEAD')) ? { root: folder, gitDir: realpathSync(dotGit) } : undefined;
  if (!existsSync(dotGit)) return undefined;
  const gitDir = pointer(readFileSync(dotGit, 'utf8'), folder);
  if (gitDir === undefined || !existsSync(gitDir)) return undefined;
  const commonFile = join(gitDir, 'commondir');
  if (!existsSync(commonFile)) return { root: folder, gitDir: realpathSync(gitDir) };
  const common = realpathSync(resolve(gitDir, readFileSync(commonFile, 'utf8').trim()));
  return { root: basename(common) === '.git' ? dirname(common) : folder, gitDir: common };
}

function pointer(text: string, folder: string): string | undefined {
  const path = /^gitdir: (.+)$/m.exec(text)?.[1]?.trim();
  if (path === undefined) return undefined;
  return isAbsolute(path) ? path : resolve(folder, path);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
