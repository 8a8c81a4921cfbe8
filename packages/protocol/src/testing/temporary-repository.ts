import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';
import { testEnvironment } from './test-environment.ts';

/** A repository with a bare origin beside it, one commit on `main`, and an identity of its own. */
export interface TestRepository {
  /** Folder that holds everything of the test. */
  readonly folder: string;
  readonly root: string;
  readonly origin: string;
  /** Default root of its workspaces. */
  readonly workspaces: string;
  git(...args: readonly string[]): string;
  /** Runs git in the bare origin. */
  gitOrigin(...args: readonly string[]): string;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Writes `.ralph/queue.jsonc`. */
  queue(tasks: readonly object[]): void;
}

/** Makes a repository for one test. */
export function temporaryRepository(
  files: Readonly<Record<string, string>> = { 'README.md': '# test\n' },
): TestRepository {
  const folder = temporaryFolder();
  const origin = join(folder, 'origin.git');
  const root = join(folder, 'repo');
  runGit(folder, ['init', '-q', '--bare', '-b', 'main', origin]);
  runGit(folder, ['clone', '-q', origin, root]);
  runGit(root, ['config', 'user.name', 'Test']);
  runGit(root, ['config', 'user.email', 'test@example.invalid']);
  runGit(root, ['symbolic-ref', 'HEAD', 'refs/heads/main']);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  runGit(root, ['add', '-A']);
  runGit(root, ['commit', '-q', '-m', 'start']);
  runGit(root, ['push', '-q', '-u', 'origin', 'main']);
  return {
    folder,
    root,
    origin,
    workspaces: join(folder, '.workspaces', 'repo', 'parallel'),
    git: (...args) => runGit(root, args),
    gitOrigin: (...args) => runGit(origin, args),
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    queue: (tasks) => write('.ralph/queue.jsonc', JSON.stringify({ version: 1, tasks }, null, 2)),
  };
}

/** Runs git as a test does: without anybody's configuration; returns stdout without its last newline. */
export function runGit(cwd: string, args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd,
    env: testEnvironment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trimEnd();
}

/** Returns a task of the queue with every field that must be there. */
export function queueTask(id: string, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const at = '2026-01-01T00:00:00Z';
  return { id, status: 'todo', title: `Task ${id}`, created_at: at, updated_at: at, ...fields };
}
