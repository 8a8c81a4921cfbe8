import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { git, tryGit } from '@ralph/protocol/process/git';
import { isAlive } from '@ralph/protocol/process/process-identity';
import { loopOf, type Repository } from '@ralph/protocol/process/repository';
import { kindAt } from '../site/workspace-path.ts';
import { removeFolder } from '../workspace/remove-folder.ts';
import { clearLoopWorkspaces } from './clear-loop-workspaces.ts';
import { dropBranch, loopHead } from './loop-branch.ts';
import { holdLoop } from './loop-lock.ts';
import { dropNote, ownNote, readNote, writeNote, type LoopNote } from './loop-note.ts';
import { adminDirOf, LOOPS_FOLDER, loopPath, markedWorktrees } from '@ralph/protocol/process/loop-worktrees';
import { salvageLoop, type SalvagedLoop } from './salvage-loop.ts';
import { undoHalf } from './undo-half.ts';

export interface RemovedLoop {
  readonly path: string;
  readonly salvaged: readonly SalvagedLoop[];
}

/**
 * Removes a second loop: its workspaces, its worktree, its local branch. What nobody else has is kept under salvage refs
 * first; what origin has of it stays there. Taken up again where a removal was killed.
 *
 * @throws Failure `loop_not_found`, `lock_held` while the loop runs, `claim_held`, `workspace_dirty`, what of git;
 *   what is left can be removed again
 */
export async function removeLoop(repo: Required<Repository>, name: string): Promise<RemovedLoop> {
  const note = readNote(repo.gitDir, name);
  const marked = markedWorktrees(repo).find((one) => one.name === name);
  if (note === undefined && marked === undefined) throw notFound(repo.root, name);
  if (note !== undefined && note.phase !== 'ready' && isAlive(note.owner)) throw inHand(note);
  const path = marked?.path ?? loopPath(repo.root, name);
  if (note?.phase === 'making' || note?.phase === 'pushing') {
    await undoHalf(repo, note);
    return { path, salvaged: [] };
  }
  const release =
    loopOf(path)?.name === name ? await holdLoop(path, `ralph-worker worktree remove ${name}`) : undefined;
  try {
    const known = note ?? { name, base_commit: '', made_at: '' };
    writeNote(repo.gitDir, ownNote({ ...known, phase: 'removing' }));
    return { path, salvaged: await takeApart(repo, name, path, release !== undefined) };
  } finally {
    // What is left can be used or removed again.
    const left = readNote(repo.gitDir, name);
    if (left !== undefined) writeNote(repo.gitDir, ownNote({ ...left, phase: 'ready' }));
    await release?.();
  }
}

async function takeApart(
  repo: Required<Repository>,
  name: string,
  path: string,
  isThere: boolean,
): Promise<SalvagedLoop[]> {
  const kept = isThere ? await clearLoopWorkspaces(repo, path) : [];
  const own = await salvageLoop(repo, name, isThere ? path : undefined);
  const tip = (await tryGit(['rev-parse', '-q', '--verify', loopHead(name)], { cwd: repo.root })).stdout.trim();
  const away = join(repo.root, LOOPS_FOLDER, `.removed.${name}`);
  await removeFolder(away);
  // In one step: half a worktree would look as if its files had been deleted on purpose.
  if (isThere) renameSync(path, away);
  await removeFolder(away);
  const adminDir = markedWorktrees(repo).find((one) => one.name === name)?.adminDir ?? adminDirOf(repo, path);
  if (adminDir !== undefined && kindAt(path) === 'absent') rmSync(adminDir, { recursive: true, force: true });
  if (tip !== '') await dropBranch(repo.root, name, tip);
  await dropRefs(repo.root, `refs/ralph/loops/${name}/`);
  dropNote(repo.gitDir, name);
  return own === undefined ? kept : [...kept, own];
}

async function dropRefs(root: string, prefix: string): Promise<void> {
  const listed = (await git(['for-each-ref', '--format=delete %(refname)', prefix], { cwd: root })).trim();
  if (listed !== '') await git(['update-ref', '--stdin'], { cwd: root, input: `${listed}\n` });
}

function notFound(root: string, name: string): Failure {
  return new Failure('loop_not_found', `there is no second loop called ${name}`, {
    hint: `ralph-worker worktree list --repo ${root}`,
  });
}

function inHand({ name, phase, owner }: LoopNote): Failure {
  const doing = phase === 'removing' ? 'removed' : 'made';
  return new Failure('claim_held', `the second loop ${name} is being ${doing} by pid ${owner.pid}`, {
    hint: 'wait until it has ended, and run it again',
  });
}
