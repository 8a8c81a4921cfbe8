import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace.ts';
import { git, tryGit } from './workspace-git.ts';

/**
 * Removes the untracked files that a rebase of ours has left which was killed while it checked out the commit that it began
 * with: new ones of that commit, whole or not begun to be written. Git would refuse to go over them. Whatever holds anything
 * else stays.
 */
export async function removeHalfCheckout({ path }: Workspace, tip: string, onto: string): Promise<void> {
  const others = await names(path, ['ls-files', '--others', '--exclude-standard', '-z']);
  if (others.length === 0) return;
  const added = new Set(await names(path, ['diff', '--name-only', '--no-renames', '--diff-filter=A', '-z', tip, onto]));
  for (const name of others.filter((other) => added.has(other))) {
    const file = join(path, name);
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isFile() !== true) continue;
    if (found.size === 0 || (await isOf(path, name, onto))) rmSync(file, { force: true });
  }
}

async function isOf(cwd: string, name: string, onto: string): Promise<boolean> {
  const there = await tryGit(['hash-object', '--', name], { cwd });
  const wanted = await tryGit(['rev-parse', '--verify', '--quiet', `${onto}:${name}`], { cwd });
  return there.exitCode === 0 && there.stdout === wanted.stdout;
}

async function names(cwd: string, args: readonly string[]): Promise<string[]> {
  return (await git(args, { cwd })).split('\0').filter((name) => name !== '');
}
