import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { commandLine, quoted } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import type { FollowupProposal } from '@ralph/protocol/contract/followups';
import type { Candidate } from '../candidate/candidate.ts';
import { Stopped } from '../site/stopped.ts';
import { targetName, type Settings } from '../site/settings.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { git, tryGit } from '../workspace/workspace-git.ts';
import { BOOKS, trackedFiles } from './known-books.ts';
import type { TaskMoves } from './task-moves.ts';

/** Where one of the two files stands: part of the target branch, only on disk, or nowhere. */
export type FilePlace = 'tracked' | 'untracked' | 'absent';

/**
 * Tells who keeps the books: with `tracked` files the move of a task from queue to done is part of the commits that
 * land; with `untracked` ones ralph-state does it. A file that is nowhere yet goes with the other one. `split` cannot be
 * kept right by anybody (reference: part A15).
 */
export function bookkeepingMode(queue: FilePlace, done: FilePlace): 'tracked' | 'untracked' | 'split' {
  const places = [queue, done];
  if (!places.includes('tracked')) return 'untracked';
  return places.includes('untracked') ? 'split' : 'tracked';
}

/** Where the queue and the done file stand. */
export interface Books {
  readonly queue: FilePlace;
  readonly done: FilePlace;
}

/**
 * Reads who keeps the books of a repository whose target branch is at a commit.
 *
 * @param folder where the commit is known
 * @throws Failure `config_invalid` when one file is tracked and the other is not
 */
export async function isQueueTracked(root: string, folder: string, commit: string): Promise<boolean> {
  const { queue, done } = await placesOfBooks(root, folder, commit);
  return bookkeepingMode(queue, done) === 'tracked';
}

/**
 * Reads where the queue and the done file stand, as `isQueueTracked` does.
 *
 * @param onDisk those of them that the checkout has; looked at before the commit was asked for, where another run may
 *   bring the checkout forward, or else a file that came with a newer commit is taken for one that git does not know
 * @throws Failure `config_invalid` when one file is tracked and the other is not
 */
export async function placesOfBooks(
  root: string,
  folder: string,
  commit: string,
  onDisk = booksOnDisk(root),
): Promise<Books> {
  const tracked = await trackedFiles(folder, commit);
  const placeOf = (path: string): FilePlace => {
    if (tracked.includes(path)) return 'tracked';
    return onDisk.includes(path) ? 'untracked' : 'absent';
  };
  const [queue, done] = [placeOf(RALPH_PATHS.queue), placeOf(RALPH_PATHS.done)];
  if (bookkeepingMode(queue, done) !== 'split') return { queue, done };
  const [inGit, notInGit] = queue === 'tracked' ? BOOKS : BOOKS.toReversed();
  throw new Failure(
    'config_invalid',
    `${inGit} is tracked by git and ${notInGit} is not: finished tasks cannot be moved safely between them`,
    {
      hint: `cd ${quoted(root)} && git add -f ${BOOKS.join(' ')} && git commit -m queue && git push  # or track neither: git rm --cached ${inGit}`,
    },
  );
}

/** Returns which of the queue and the done file the checkout has. */
export function booksOnDisk(root: string): readonly string[] {
  return BOOKS.filter((path) => existsSync(join(root, path)));
}

interface Move {
  /** The commit of the target branch, or of a train, that the work stands on. */
  readonly target: string;
  readonly followUps: FollowupProposal | undefined;
  /** Of the gits that make objects. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Commits the move of a task from queue to done behind its work. Both files are taken from the target first, so that
 * what the attempt did to them, and what others have moved in the meantime, is settled in favour of the target. What was
 * proposed to follow the task is added by the same commit. Where there is nothing to commit, HEAD stays where it is.
 *
 * @throws Failure `bookkeeping_failed`
 */
export async function commitMove(
  { settings, moves }: { readonly settings: Settings; readonly moves: TaskMoves },
  workspace: Workspace,
  { taskId, attempt }: Candidate,
  { target, followUps, env }: Move,
): Promise<void> {
  const cwd = workspace.path;
  const tracked = await trackedFiles(settings.root, target);
  await git(['checkout', '--quiet', target, '--', ...tracked], { cwd });
  try {
    await moves.move({ taskId, attempt, followUps }, cwd);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    const diff = ['git', '-C', settings.root, 'diff', targetName(settings), '--', ...BOOKS];
    throw new Failure(
      'bookkeeping_failed',
      `${taskId} cannot be moved to done: ${error instanceof Error ? error.message : String(error)}`,
      {
        taskId,
        attempt,
        cause: error,
        hint: `${commandLine(diff)}  # the task has to be in the queue that is pushed`,
      },
    );
  }
  const message = `${taskId}: move to done\n\nRalph-Task: ${taskId}\n`;
  // The gate judges what is pushed; a hook that only knows people's commits must not.
  const commit = ['commit', '--quiet', '--no-verify', '--file', '-'];
  if (tracked.length === BOOKS.length) {
    const { exitCode } = await tryGit([...commit, '--only', '--', ...BOOKS], { cwd, env, input: message });
    if (exitCode === 0) return;
    // There may be nothing to commit, also when it was killed behind that; or else the following tells what is wrong.
  }
  // By force: the folder may be ignored while the files in it are tracked.
  await git(['add', '--force', '--', ...BOOKS.filter((path) => existsSync(join(cwd, path)))], { cwd, env });
  const { exitCode } = await tryGit(['diff', '--cached', '--quiet'], { cwd });
  if (exitCode !== 0) await git(commit, { cwd, env, input: message });
}
