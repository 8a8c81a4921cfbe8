import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { excludeLine } from '../travel/exclude-lines.ts';
import { checkOutBase } from '../workspace/git-folder.ts';
import { workspaceGit } from '../workspace/workspace-git.ts';
import type { SetupRun } from './run-setup.ts';

const LIMIT_MS = 600_000;

/**
 * Sees to it that nothing of what a set-up did can get into a commit: tracked files and HEAD are put back on the base,
 * new files that git does not ignore are put under the workspace's own excludes. Both are told.
 *
 * @returns the lines that were added to the excludes
 * @throws Failure `git_failed`
 */
export async function settleSetup(run: SetupRun): Promise<string[]> {
  const { path, taskId, baseCommit, note } = run;
  const found = await lookThrough(path);
  if (found.changed.length > 0 || found.head !== baseCommit) {
    await checkOutBase(path, run);
    if (found.changed.length > 0)
      note(`${taskId}: the set-up changed tracked files; they were put back: ${some(found.changed)}`);
  }
  const isMoved = found.changed.length > 0 || found.head !== baseCommit;
  const { untracked } = isMoved ? await lookThrough(path) : found;
  if (untracked.length === 0) return [];
  const excluded = untracked.map(excludeLine);
  appendFileSync(join(path, '.git/info/exclude'), `${excluded.join('\n')}\n`);
  note(`${taskId}: the set-up made files that git does not ignore; no commit will hold them: ${some(untracked)}`);
  const { untracked: left } = await lookThrough(path);
  if (left.length > 0) {
    note(`${taskId}: these could not be kept out of commits and were removed: ${some(left)}`);
    await removeUntracked(path);
  }
  return excluded;
}

/**
 * Tells whether what was given to a workspace is no part of its base and ignored there: it may be that of a commit
 * which ignored what this one has.
 */
export async function fitsBase(path: string, given: readonly string[]): Promise<boolean> {
  if (given.length === 0) return true;
  const names = given.map((one) => `:(literal)${one.replace(/\/$/, '')}`);
  const status = ['status', '--porcelain', '-z', '--untracked-files=normal', '--', ...names];
  return (await workspaceGit(path, status, { limitMs: LIMIT_MS })) === '';
}

/** Puts a workspace back on its base after a set-up that failed: none of its edits are anybody's work. */
export async function undoSetup(run: SetupRun): Promise<void> {
  await checkOutBase(run.path, run);
  await removeUntracked(run.path);
}

async function removeUntracked(path: string): Promise<void> {
  await workspaceGit(path, ['clean', '-ffdq'], { limitMs: LIMIT_MS });
}

interface Seen {
  readonly head: string;
  readonly changed: readonly string[];
  readonly untracked: readonly string[];
}

async function lookThrough(path: string): Promise<Seen> {
  const status = ['status', '--porcelain=v2', '--branch', '--no-renames', '--untracked-files=normal', '-z'];
  const entries = (await workspaceGit(path, status, { limitMs: LIMIT_MS })).split('\0');
  return {
    head: entries.find((entry) => entry.startsWith('# branch.oid '))?.slice('# branch.oid '.length) ?? '',
    changed: entries.filter((entry) => /^[12u] /.test(entry)).map(changedName),
    untracked: entries.filter((entry) => entry.startsWith('? ')).map((entry) => entry.slice(2)),
  };
}

/** The name follows eight fields of its own, or ten for a file in conflict. */
function changedName(entry: string): string {
  return entry
    .split(' ')
    .slice(entry.startsWith('u') ? 10 : 8)
    .join(' ');
}

function some(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).join(', ');
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown;
}
