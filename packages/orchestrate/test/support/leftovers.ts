import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGit, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

/**
 * Returns everything that a run must not leave behind, seen from outside: processes that know of the folder, workspaces,
 * a held lock, temporary files, pins of workspaces that are gone. Empty when all is clean.
 */
export function leftovers(repository: TestRepository): string[] {
  return [
    ...processesOf(repository.folder),
    ...workspacesOf(repository),
    ...heldLock(repository.root),
    ...temporaryFiles(repository.root),
    ...runGit(repository.root, ['for-each-ref', '--format=%(refname)', 'refs/ralph/base'])
      .split('\n')
      .filter((line) => line !== '')
      .map((ref) => `ref ${ref}`),
  ];
}

/** Returns the living processes whose environment or arguments name a folder. */
export function processesOf(folder: string): string[] {
  const found: string[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const environment = read(`/proc/${name}/environ`);
    const words = read(`/proc/${name}/cmdline`);
    const state = /^State:\s+(\w)/m.exec(read(`/proc/${name}/status`))?.[1];
    if (state !== undefined && state !== 'Z' && (environment.includes(folder) || words.includes(folder))) {
      found.push(`process ${name}: ${words.replaceAll('\0', ' ')}`);
    }
  }
  return found;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function workspacesOf({ workspaces }: TestRepository): string[] {
  return existsSync(workspaces) ? readdirSync(workspaces).map((name) => `workspace ${name}`) : [];
}

function heldLock(root: string): string[] {
  const lock = join(root, '.ralph/loop.lock');
  if (!existsSync(lock)) return [];
  return spawnSync('flock', ['-n', lock, 'true']).status === 0 ? [] : [`held ${lock}`];
}

function temporaryFiles(root: string): string[] {
  const listing = execFileSync(
    'find',
    ['.ralph', '-name', '*.next*', '-o', '-name', '*.tmp', '-o', '-path', '*claims/*'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return listing
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `file ${line}`);
}
