import { commandLine } from '@ralph/protocol/cli/shell-words';
import { loopBranch } from '@ralph/protocol/contract/loop-name';
import { isAlive } from '@ralph/protocol/process/process-identity';
import { loopOf, type Repository } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';
import { judgeLoop, type LoopState } from './judge-loop.ts';
import { readNote, readNotes } from './loop-note.ts';
import { loopPath, markedWorktrees } from '@ralph/protocol/process/loop-worktrees';

export interface ListedLoop {
  readonly name: string;
  readonly state: LoopState;
  readonly branch: string;
  readonly path: string;
  /** Null where that was lost. */
  readonly base_commit: string | null;
  readonly made_at: string | null;
  /** Who holds its lock. */
  readonly holder: unknown;
  readonly next_command: string;
}

/** Lists the second loops of a repository with the state of their locks, in order of their names; changes nothing. */
export async function listLoops(repo: Required<Repository>): Promise<ListedLoop[]> {
  const marked = markedWorktrees(repo);
  const names = new Set([...readNotes(repo.gitDir), ...marked].map(({ name }) => name));
  return Promise.all(
    [...names].toSorted().map((name) => lookAt(repo, name, marked.find((one) => one.name === name)?.path)),
  );
}

async function lookAt(repo: Required<Repository>, name: string, place: string | undefined): Promise<ListedLoop> {
  const note = readNote(repo.gitDir, name);
  const path = place ?? loopPath(repo.root, name);
  const hasWorktree = loopOf(path)?.name === name;
  const [lock] = hasWorktree ? await callSibling('ralph-lock', ['status', '--repo', path]) : [];
  const isLocked = lock?.['locked'] === true;
  const isOwnerAlive = note !== undefined && isAlive(note.owner);
  const state = judgeLoop({ phase: note?.phase, isOwnerAlive, hasWorktree, isLocked });
  return {
    name,
    state,
    branch: loopBranch(name),
    path,
    base_commit: note?.base_commit ?? null,
    made_at: note?.made_at ?? null,
    holder: isLocked ? (lock?.['holder'] ?? null) : null,
    next_command: nextCommand(repo.root, name, path, state),
  };
}

function nextCommand(root: string, name: string, path: string, state: LoopState): string {
  switch (state) {
    case 'making':
    case 'removing':
      return commandLine(['ralph-worker', 'worktree', 'list', '--repo', root]);
    case 'running':
      return commandLine(['ralph-state', 'status', '--repo', path]);
    case 'half':
    case 'idle':
    case 'missing':
      return commandLine(['ralph-worker', 'worktree', 'remove', name, '--repo', root]);
  }
}
