import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { join, relative } from 'node:path';
import { trustFile } from '@ralph/protocol/contract/config-file';
import { isFailure } from '@ralph/protocol/contract/failure';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { tryGit } from '@ralph/protocol/process/git';
import { parseJsonc, readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

export interface Trust {
  readonly path: string;
  readonly trusted: boolean;
  /** Why not, in words that follow the path. */
  readonly reason?: string;
}

/**
 * Says whether the user trusts the commands of the repository's configuration (reference: part A2, trust). The file
 * counts only where it cannot have come with the repository: git does not track it, nor a folder or link on the way.
 */
export async function readTrust(root: string): Promise<Trust> {
  const path = join(root, RALPH_PATHS.trust);
  const reason = (await strange(root, path)) ?? (await refused(path));
  return { path, trusted: reason === undefined, ...(reason === undefined ? {} : { reason }) };
}

/** Says why the file is not the user's own. */
async function strange(root: string, path: string): Promise<string | undefined> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'there is no such file';
  if (!stat.isFile()) return stat.isSymbolicLink() ? 'it is a symlink' : 'it is no file';
  const others = ofOthers(stat);
  if (others !== undefined) return others;
  const names = [RALPH_PATHS.trust, relative(realpathSync(root), realpathSync(path))];
  for (const name of new Set(names)) {
    const tracked = await isTracked(root, name);
    if (tracked === undefined) return 'git cannot say whether it tracks it';
    if (tracked) return 'git tracks it, so it may be of somebody else';
  }
  return undefined;
}

/** A repository of somebody else, in a folder that all may write, could say that it trusts itself. */
function ofOthers({ uid, mode }: Stats): string | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const mine = [user, 0, ...(user === 0 ? [Number(process.env['SUDO_UID'] ?? 0)] : [])];
  if (!mine.includes(uid)) return `it belongs to another user (${uid})`;
  return (mode & 0o002) === 0 ? undefined : 'everybody may write it';
}

/** Also where the file system knows no case, and where the folder is a link or a repository of its own. */
async function isTracked(root: string, name: string): Promise<boolean | undefined> {
  if (name === '' || name.startsWith('..')) return false;
  const steps = name.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
  const paths = steps.map((step) => `:(top,icase,literal)${step}`);
  const { exitCode, stdout } = await tryGit(['ls-files', '-z', '--', ...paths], { cwd: root });
  if (exitCode !== 0) return undefined;
  const tracked = new Set(stdout.split('\0').map((path) => path.toLowerCase()));
  return steps.some((step) => tracked.has(step.toLowerCase()));
}

async function refused(path: string): Promise<string | undefined> {
  try {
    const parsed = trustFile.safeParse(await parseJsonc(readTextIfPresent(path) ?? '', path, 'config_invalid'));
    if (!parsed.success) return describeIssue(parsed.error);
    return parsed.data.allow_project_commands ? undefined : 'allow_project_commands is false';
  } catch (error) {
    if (isFailure(error)) return error.message;
    throw error;
  }
}
