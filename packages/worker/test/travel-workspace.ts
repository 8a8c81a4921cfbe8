import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

/** Runs a command of `ralph-worker` to its end. */
export const worker = (repo: TestRepository, ...args: readonly string[]) =>
  runProgram('ralph-worker', args, { cwd: repo.root });

/** Prepares a workspace and returns how to read its files. */
export const prepared = async (repo: TestRepository, ...args: readonly string[]) => {
  const { status, stderr } = await worker(repo, 'prepare', 'RQ-0001', ...args);
  const path = join(repo.workspaces, 'RQ-0001');
  const text = (name: string) => (existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : undefined);
  return { status, stderr, path, text };
};

/** Makes a repository with these rules in its ignore file. */
export const ignoring = (...rules: readonly string[]) => temporaryRepository({ '.gitignore': `${rules.join('\n')}\n` });

/** What an agent's `git add -A` would commit. */
export const addable = (path: string) => {
  runGit(path, ['add', '-A']);
  return runGit(path, ['diff', '--cached', '--name-only']);
};
