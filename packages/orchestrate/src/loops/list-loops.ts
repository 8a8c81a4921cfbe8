import { join } from 'node:path';
import { markedWorktrees } from '@ralph/protocol/process/loop-worktrees';
import { namesIn } from '@ralph/protocol/process/names-in';
import { findRepository, sharedRoot } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';

/** A second loop as `ralph-worker worktree list` tells it. */
export interface LoopRow {
  readonly name: string;
  readonly state: 'making' | 'removing' | 'half' | 'running' | 'idle' | 'missing';
  readonly branch: string;
  readonly path: string;
  readonly base_commit: string | null;
  readonly made_at: string | null;
  readonly holder: unknown;
  readonly next_command: string;
}

/** Lists the second loops of a repository, whichever loop asks. Where there is none, nothing is spawned. */
export async function listLoops(root: string): Promise<LoopRow[]> {
  const { gitDir } = findRepository(root);
  if (gitDir === undefined) return [];
  const isNoted = namesIn(join(gitDir, 'ralph/loops')).length > 0;
  if (!isNoted && markedWorktrees({ root: sharedRoot(root), gitDir }).length === 0) return [];
  return (await callSibling('ralph-worker', ['worktree', 'list', '--repo', root])) as unknown as LoopRow[];
}
