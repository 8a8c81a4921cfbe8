import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { lstatSync } from 'node:fs';
import { tryGit } from '@ralph/protocol/process/git';
import { fileStamp } from '@ralph/protocol/process/file-stamp';
import { gitFolderOf } from './git-folder.ts';

/** What the user has told git in the main repository, as far as it bears on landing. */
export interface UsersGit {
  /** The folder of hooks that was chosen; nothing where none was. */
  readonly hooks: string | undefined;
  /** Whether a git that stands elsewhere writes objects there just as one that stands there would. */
  readonly objectsAsUsual: boolean;
}

/** Who may write objects, how they come to the disk, whether they are looked at, and where those are that are not here. */
const OF_OBJECTS =
  'core\\.(sharedrepository|fsync.*)|(fetch|transfer)\\.fsckobjects|extensions\\..*|remote\\..*\\.(promisor|partialclonefilter)';
const ELSEWHERE = 'include\\.path|includeif\\..*\\.path';

/** Settings that every repository may have, and that say nothing about who writes objects. */
const HARMLESS = new Set(['extensions.objectformat', 'extensions.refstorage', 'extensions.worktreeconfig']);

interface Known {
  readonly stamps: string;
  readonly files: readonly string[];
  readonly users: UsersGit;
}

const known = new Map<string, Known>();

/**
 * Reads what the user has told git. Git is asked again only when a file that it reads has changed, or where one file of
 * settings may lead to others.
 */
export async function usersGit(root: string): Promise<UsersGit> {
  const before = known.get(root);
  if (before !== undefined && stampsOf(before.files) === before.stamps) return before.users;
  known.delete(root);
  const files = filesOf(root);
  const stamps = stampsOf(files);
  const args = ['config', '-z', '--show-origin', '--get-regexp', `^(core\\.hookspath|${OF_OBJECTS}|${ELSEWHERE})$`];
  const { stdout, exitCode } = await tryGit(args, { cwd: root });
  if (exitCode !== 0 && exitCode !== 1) return { hooks: await hooksOf(root), objectsAsUsual: false };
  const settings = settingsIn(stdout);
  const names = settings.map(({ key }) => key);
  const hasHooks = names.includes('core.hookspath');
  const objectsAsUsual = names.every(
    (name) => name === 'core.hookspath' || HARMLESS.has(name) || name.startsWith('include'),
  );
  const users = { hooks: hasHooks ? await hooksOf(root) : undefined, objectsAsUsual };
  const isAllHere =
    !names.some((name) => name.startsWith('include')) &&
    settings.every(({ file }) => files.includes(resolve(root, file)));
  if (isAllHere && isMainWorktree(root)) known.set(root, { files, stamps, users });
  return users;
}

async function hooksOf(root: string): Promise<string | undefined> {
  const { stdout } = await tryGit(['config', '--type=path', '--get', 'core.hooksPath'], { cwd: root });
  const folder = stdout.trimEnd();
  return folder === '' ? undefined : resolve(root, folder);
}

/** Every file in which git looks for settings of its own accord. */
function filesOf(root: string): string[] {
  const gitDir = gitFolderOf(root);
  const home = process.env['HOME'] ?? homedir();
  const global = process.env['GIT_CONFIG_GLOBAL'];
  return [
    process.env['GIT_CONFIG_SYSTEM'] ?? '/etc/gitconfig',
    ...(global === undefined
      ? [join(process.env['XDG_CONFIG_HOME'] || join(home, '.config'), 'git/config'), join(home, '.gitconfig')]
      : [global]),
    join(gitDir, 'config'),
    join(gitDir, 'config.worktree'),
  ];
}

function stampsOf(files: readonly string[]): string {
  return files.map((path) => fileStamp(path) ?? '-').join(' ');
}

/** A linked one may have settings of its own, in a folder of its own. */
function isMainWorktree(root: string): boolean {
  return lstatSync(join(root, '.git'), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Reads what `git config -z --show-origin` prints: where a setting stands, then the setting. */
function settingsIn(listed: string): { readonly file: string; readonly key: string }[] {
  const words = listed.split('\0');
  return words.flatMap((origin, index) => {
    if (index % 2 === 1 || origin === '') return [];
    const [key = ''] = (words[index + 1] ?? '').split('\n', 1);
    return [{ file: origin.replace(/^file:/, ''), key }];
  });
}
