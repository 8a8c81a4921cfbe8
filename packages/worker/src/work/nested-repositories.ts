import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { git, type GitOptions } from '@ralph/protocol/process/git';

const LIMIT_MS = 600_000;
const NESTED_ROUNDS = 5;

/** Returns the untracked repositories inside a workspace, which git would add as a bare pointer, losing their files. */
export async function nestedRepositories(where: GitOptions): Promise<string[]> {
  const others = await git(['ls-files', '--others', '--exclude-standard', '-z'], { ...where, limitMs: LIMIT_MS });
  return others.split('\0').filter((name) => name.endsWith('/'));
}

/** A repository in the workspace would only be kept as a pointer: with its git folder renamed, its files are kept. */
export async function openNestedRepositories(where: GitOptions): Promise<void> {
  for (let round = 0; round < NESTED_ROUNDS; round += 1) {
    const nested = await nestedRepositories(where);
    if (nested.length === 0) return;
    for (const name of nested) {
      renameSync(join(where.cwd, name, '.git'), join(where.cwd, name, '.git-of-nested-repository'));
    }
  }
}
