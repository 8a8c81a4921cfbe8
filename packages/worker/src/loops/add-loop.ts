import { Failure } from '@ralph/protocol/contract/failure';
import { isLoopName, loopBranch } from '@ralph/protocol/contract/loop-name';
import { tryGit } from '@ralph/protocol/process/git';
import { randomHex } from '@ralph/protocol/process/random-hex';
import type { Repository } from '@ralph/protocol/process/repository';
import { createRef } from '../refs/ralph-refs.ts';
import { kindAt } from '../site/workspace-path.ts';
import { headsOnOrigin, loopHead, pushNewBranch, requireBranchRoom } from './loop-branch.ts';
import { openLoopsFolder } from './loop-folder.ts';
import { loopName } from './loop-names.ts';
import { dropNote, ownNote, reserveNote, writeNote, type LoopNote } from './loop-note.ts';
import { loopPath } from '@ralph/protocol/process/loop-worktrees';
import { fillWorktree, makeWorktree } from './make-worktree.ts';
import { undoHalf } from './undo-half.ts';

export interface AddedLoop {
  readonly name: string;
  readonly branch: string;
  readonly path: string;
  readonly base_commit: string;
}

/** Names that are tried before it is given up: so many are never taken by chance. */
const MOST_TRIES = 200;

/**
 * Makes a worktree for a second loop from what is committed in the main worktree, on a branch of its own that origin
 * gets too. Each thing is written down before it is made, so that whoever comes after a crash knows what to undo.
 *
 * @param asked the name to give it; without one, names are tried until one is free
 * @throws Failure `loop_unavailable`, `loop_exists`, `target_branch_missing`, `origin_unreachable`, `push_denied`,
 *   `cancelled`, or what of git; nothing is left then
 */
export async function addLoop(
  repo: Required<Repository>,
  asked: string | undefined,
  signal: AbortSignal,
): Promise<AddedLoop> {
  const commit = await committedState(repo.root);
  const onOrigin = await headsOnOrigin(repo.root);
  await requireBranchRoom(repo.root, onOrigin);
  await openLoopsFolder(repo.root);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const name = asked ?? loopName(tries, Number.parseInt(randomHex(4), 16));
    const made = onOrigin.has(loopHead(name)) ? undefined : await tryToAdd(repo, { name, commit, signal });
    if (made !== undefined) return made;
    if (asked !== undefined) break;
  }
  throw new Failure('loop_exists', `the name ${asked ?? ''} is taken by a folder, a branch or another loop`, {
    hint: 'ralph-worker worktree add  # without a name, a free one is found',
  });
}

/**
 * Makes sure that a word can name a loop.
 *
 * @throws Failure `usage`
 */
export function requireLoopName(name: string): void {
  if (isLoopName(name)) return;
  throw new Failure('usage', `${JSON.stringify(name)} cannot name a second loop`, {
    hint: 'use small letters, digits and dashes, at most 63, as in bright-maple',
  });
}

interface Wanted {
  readonly name: string;
  readonly commit: string;
  readonly signal: AbortSignal;
}

/** Returns nothing when the name is taken. */
async function tryToAdd(repo: Required<Repository>, wanted: Wanted): Promise<AddedLoop | undefined> {
  const { name, commit, signal } = wanted;
  // Asked before the name is taken: what stands there now is none of ours, and must not be undone as such.
  if (!(await isFree(repo.root, name))) return undefined;
  const fields = { name, base_commit: commit, made_at: new Date().toISOString() };
  if (!reserveNote(repo.gitDir, ownNote({ ...fields, phase: 'making' }))) return undefined;
  if (!(await createRef(repo.root, loopHead(name), commit))) {
    dropNote(repo.gitDir, name);
    return undefined;
  }
  const note = (phase: LoopNote['phase']) => ownNote({ ...fields, phase });
  try {
    const path = await makeWorktree(repo, name, signal);
    writeNote(repo.gitDir, note('pushing'));
    if (!(await pushNewBranch(repo.root, name, commit, signal))) {
      await undoHalf(repo, note('making'));
      return undefined;
    }
    await fillWorktree(repo, path, signal);
    writeNote(repo.gitDir, note('ready'));
    return { name, branch: loopBranch(name), path, base_commit: commit };
  } catch (error) {
    await undoHalf(repo, note('pushing'));
    throw signal.aborted ? new Failure('cancelled', 'stopped while a second loop was made') : error;
  }
}

async function isFree(root: string, name: string): Promise<boolean> {
  if (kindAt(loopPath(root, name)) !== 'absent') return false;
  const { exitCode } = await tryGit(['rev-parse', '-q', '--verify', loopHead(name)], { cwd: root });
  return exitCode !== 0;
}

async function committedState(root: string): Promise<string> {
  const { exitCode, stdout } = await tryGit(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { cwd: root });
  if (exitCode === 0) return stdout.trim();
  throw new Failure('target_branch_missing', `${root} has no commit yet that a second loop could start from`, {
    hint: 'make a first commit and push it',
  });
}
