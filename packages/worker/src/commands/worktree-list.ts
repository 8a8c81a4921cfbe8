import type { Call, Result } from '@ralph/protocol/cli/program';
import { findGitRepository, sharedRoot } from '@ralph/protocol/process/repository';
import { listLoops, type ListedLoop } from '../loops/loop-list.ts';
import type { WORKTREE_OPTIONS } from '../options.ts';

/** `ralph-worker worktree list`: the second loops of a repository, from wherever it is asked. */
export async function run({ args }: Call<typeof WORKTREE_OPTIONS>): Promise<Result> {
  const { root, gitDir } = findGitRepository(args.repo);
  return {
    records: await listLoops({ root: sharedRoot(root), gitDir }),
    columns: {
      loop: (row: ListedLoop) => row.name,
      state: (row: ListedLoop) => row.state,
      branch: (row: ListedLoop) => row.branch,
      worktree: (row: ListedLoop) => row.path,
    },
  };
}
