import { renameSync } from 'node:fs';
import { git, type GitOptions } from '@ralph/protocol/process/git';
import { bytesOfName } from './quoted-name.ts';

const LIMIT_MS = 600_000;

/**
 * Returns the untracked repositories inside a workspace, which git would add as a bare pointer, losing their files;
 * each ends with a slash.
 */
export async function nestedRepositories(where: GitOptions): Promise<Buffer[]> {
  const listing = ['-c', 'core.quotePath=true', 'ls-files', '--others', '--exclude-standard'];
  const others = await git(listing, { ...where, limitMs: LIMIT_MS });
  return others
    .split('\n')
    .filter((name) => name.endsWith('/') || name.endsWith('/"'))
    .map(bytesOfName);
}

/** A repository in the workspace would only be kept as a pointer: with its git folder renamed, its files are kept. */
export async function openNestedRepositories(where: GitOptions): Promise<void> {
  // One that is opened may show others inside.
  for (;;) {
    const nested = await nestedRepositories(where);
    if (nested.length === 0) return;
    for (const name of nested) {
      const folder = Buffer.concat([Buffer.from(`${where.cwd}/`), name]);
      const inside = (file: string) => Buffer.concat([folder, Buffer.from(file)]);
      renameSync(inside('.git'), inside('.git-of-nested-repository'));
    }
  }
}
