import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Returns a folder with a blank in its name, and what removes it: a prefix may be anywhere. */
export function scratchFolder() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ralph packs ')));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Returns the environment of somebody who has a Node, git and nothing of ours: no command of the workspace on PATH, an empty
 * home, no word of the npm that runs the tests.
 *
 * @param home it is made
 * @param folders in front of PATH
 */
export function freshEnvironment(home, ...folders) {
  mkdirSync(home, { recursive: true });
  const system = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return {
    PATH: [...folders, dirname(process.execPath), ...system].join(delimiter),
    HOME: home,
    TMPDIR: tmpdir(),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    NO_COLOR: '1',
  };
}

/** Lets npm ask no registry and run no script of a package. */
export const CLOSED = {
  npm_config_offline: 'true',
  npm_config_ignore_scripts: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
};

/** Runs a command to its end and returns what can be seen of it. */
export function seen(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** Makes a repository with a bare origin and a queue of one task in a folder; returns its path. */
export function oneTaskRepository(folder, env) {
  const repo = join(folder, 'repo');
  mkdirSync(join(repo, '.ralph'), { recursive: true });
  const task = { id: 'RQ-0001', title: 'x', status: 'todo', priority: 'low', created_at: '2026-01-01T00:00:00Z' };
  writeFileSync(join(repo, '.ralph/queue.jsonc'), JSON.stringify({ version: 1, tasks: [task] }));
  writeFileSync(join(repo, '.gitignore'), '.ralph/\n');
  const git = (...args) => seen('git', args, { cwd: repo, env });
  git('init', '-q', '--bare', '-b', 'main', '../origin.git');
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', '../origin.git');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@example.invalid');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  git('push', '-q', 'origin', 'main');
  return repo;
}

/** Has an installed orchestrator do the one task of a repository; returns what can be seen, and the files that landed. */
export function runOneTask(program, repo, cwd, env) {
  const agent = ['sh', '-c', 'cat >/dev/null; echo x >made'];
  const args = ['run', '--repo', repo, '--ci', 'test -f made', '--', ...agent];
  const run = seen(program, args, { cwd, env });
  const landed = seen('git', ['ls-tree', '--name-only', 'main'], { cwd: join(repo, '../origin.git'), env });
  return { ...run, landed: landed.stdout.trim().split('\n') };
}
