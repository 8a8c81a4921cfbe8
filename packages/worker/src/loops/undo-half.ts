import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { isAlive } from '@ralph/protocol/process/process-identity';
import type { Repository } from '@ralph/protocol/process/repository';
import { namesIn } from '@ralph/protocol/process/names-in';
import { removeFolder } from '../workspace/remove-folder.ts';
import { dropBranch, takeBackFromOrigin } from './loop-branch.ts';
import { dropNote, ownNote, readNotes, writeNote, type LoopNote } from './loop-note.ts';
import { adminDirOf, loopPath } from '@ralph/protocol/process/loop-worktrees';

/**
 * Takes away what is there of a loop that was never finished: nobody has worked in it, since its name is told only when
 * it is whole. Its branch goes if it still stands where it was made.
 */
export async function undoHalf(repo: Required<Repository>, note: LoopNote): Promise<void> {
  const { name, base_commit: commit } = note;
  if (note.phase === 'pushing') await takeBackFromOrigin(repo.root, name, commit);
  const path = loopPath(repo.root, name);
  const adminDir = adminDirOf(repo, path);
  if (isOfGit(repo, path)) await removeFolder(path);
  if (adminDir !== undefined) rmSync(adminDir, { recursive: true, force: true });
  await dropBranch(repo.root, name, commit);
  dropNote(repo.gitDir, name);
}

/**
 * Undoes what killed makers of loops have left.
 *
 * @returns the names of the loops that were undone
 */
export async function undoHalves(repo: Required<Repository>): Promise<string[]> {
  const halves = readNotes(repo.gitDir).filter(
    ({ phase, owner }) => (phase === 'making' || phase === 'pushing') && !isAlive(owner),
  );
  for (const half of halves) {
    // From here on it is ours: whoever else looks finds somebody who lives.
    writeNote(repo.gitDir, ownNote(half));
    await undoHalf(repo, half);
  }
  return halves.map(({ name }) => name);
}

/** What git makes first: a folder that is empty, or holds the file that leads to its own folder of the worktree. */
function isOfGit({ gitDir }: Required<Repository>, path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  const names = namesIn(path);
  if (names.length === 0) return true;
  if (!names.includes('.git') || lstatSync(join(path, '.git')).isDirectory()) return false;
  const text = bytesOfFile(join(path, '.git')).toString('utf8').trim();
  return text === '' || text.includes('/.git/worktrees/') || text.includes(join(gitDir, 'worktrees'));
}
