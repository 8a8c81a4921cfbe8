import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { bytesOfFile } from './read-open-file.ts';
import { Failure } from '../contract/failure.ts';
import { isLoopName } from '../contract/loop-name.ts';
import { refuseBroughtLinks } from './brought-links.ts';

export interface Repository {
  /**
   * Real path of the main worktree; of a bare repository, the one folder that all its worktrees share (see
   * `findRepository`); of the worktree of a second loop, that worktree; of the given folder outside git.
   */
  readonly root: string;
  /** Real path of the common git folder; absent outside git. */
  readonly gitDir?: string;
}

/** File in git's own folder of a worktree that was made for a second loop: it holds the loop's name. */
export const LOOP_MARK = 'ralph-loop';

/** A loop that runs beside that of the main worktree, in a worktree of its own. */
export interface SecondLoop {
  readonly name: string;
  /** Real path of the main worktree. */
  readonly main: string;
}

/**
 * Finds the main worktree of the repository around a folder: the same one from a subdirectory, through a symlink and
 * from a linked worktree, unless that was made for a second loop: it is a root of its own. A bare repository has no main worktree: for it and all its worktrees the root is the folder
 * around the git folder where git finds that very git folder from there (it is called `.git`, or a file `.git` beside
 * it points to it), and the git folder itself elsewhere, since repositories that stand side by side must not share a
 * root. Reads git's own files, since this is done at the start of every command.
 *
 * @param repo the folder that `--repo` named; outside git it serves as it is
 * @throws Failure `not_a_repository`; `config_invalid` where a file of the run is a symlink that came with the repository
 */
export function findRepository(repo: string | undefined, cwd = process.cwd()): Repository {
  const start = resolve(cwd, repo ?? '.');
  if (!isDirectory(start)) {
    throw new Failure('not_a_repository', `no such folder: ${start}`, { hint: 'check the path after --repo' });
  }
  const real = realpathSync(start);
  for (let folder = real; ; folder = dirname(folder)) {
    const found = repositoryAt(folder);
    if (found !== undefined) {
      refuseBroughtLinks(found.root);
      return found;
    }
    if (dirname(folder) === folder) break;
  }
  if (repo !== undefined) return { root: real };
  throw notARepository(real);
}

/** Returns the second loop whose worktree a root is; nothing for any other root. */
export function loopOf(root: string): SecondLoop | undefined {
  const gitDir = pointedTo(root);
  const name = gitDir === undefined ? undefined : markIn(gitDir);
  const main = name === undefined || gitDir === undefined ? undefined : mainOf(root, gitDir);
  return name === undefined || main === undefined ? undefined : { name, main: main.root };
}

/** Returns the root that all loops of a repository share: what says who works on a task now is kept there. */
export function sharedRoot(root: string): string {
  return loopOf(root)?.main ?? root;
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
  if (!existsSync(dotGit)) return isBare(folder) ? { root: rootOfBare(folder), gitDir: folder } : undefined;
  const gitDir = pointedTo(folder);
  if (gitDir === undefined) return undefined;
  const main = mainOf(folder, gitDir);
  if (main === undefined) return { root: folder, gitDir };
  return markIn(gitDir) === undefined ? main : { root: folder, gitDir: main.gitDir };
}

/** Finds what a linked worktree belongs to; nothing where its git folder is the whole one. */
function mainOf(folder: string, gitDir: string): Required<Repository> | undefined {
  const commonFile = join(gitDir, 'commondir');
  if (!existsSync(commonFile)) return undefined;
  const common = realpathSync(resolve(gitDir, bytesOfFile(commonFile).toString('utf8').trim()));
  if (basename(common) === '.git') return { root: dirname(common), gitDir: common };
  return { root: isBare(common) ? rootOfBare(common) : (mainWorktreeOf(common) ?? folder), gitDir: common };
}

function markIn(gitDir: string): string | undefined {
  const path = join(gitDir, LOOP_MARK);
  const name = existsSync(path) ? bytesOfFile(path).toString('utf8').trim() : '';
  return isLoopName(name) ? name : undefined;
}

/** Returns what the git folder of a submodule, or one that stands apart, says of its main worktree. */
function mainWorktreeOf(common: string): string | undefined {
  const config = join(common, 'config');
  if (!existsSync(config)) return undefined;
  const path = /^\s*worktree\s*=\s*(.+?)\s*$/im
    .exec(bytesOfFile(config).toString('utf8'))?.[1]
    ?.replace(/^"(.*)"$/, '$1');
  const worktree = path === undefined ? undefined : resolve(common, path);
  return worktree !== undefined && isDirectory(worktree) ? realpathSync(worktree) : undefined;
}

function isBare(folder: string): boolean {
  if (!existsSync(join(folder, 'HEAD')) || !isDirectory(join(folder, 'objects'))) return false;
  return ['config', 'config.worktree'].some((name) => {
    const path = join(folder, name);
    return existsSync(path) && /^\s*bare\s*=\s*true\s*$/im.test(bytesOfFile(path).toString('utf8'));
  });
}

function rootOfBare(gitDir: string): string {
  const around = dirname(gitDir);
  return basename(gitDir) === '.git' || pointedTo(around) === gitDir ? around : gitDir;
}

/** Returns the real path of the git folder that a file `.git` points to. */
function pointedTo(folder: string): string | undefined {
  const file = join(folder, '.git');
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const path = /^gitdir: (.+)$/m.exec(bytesOfFile(file).toString('utf8'))?.[1]?.trim();
  if (path === undefined) return undefined;
  const gitDir = isAbsolute(path) ? path : resolve(folder, path);
  return existsSync(gitDir) ? realpathSync(gitDir) : undefined;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
