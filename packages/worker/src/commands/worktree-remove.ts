import type { Call, Result } from '@ralph/protocol/cli/program';
import { findGitRepository, sharedRoot } from '@ralph/protocol/process/repository';
import { requireLoopName } from '../loops/add-loop.ts';
import { removeLoop } from '../loops/remove-loop.ts';
import type { WORKTREE_OPTIONS } from '../options.ts';

/** `ralph-worker worktree remove`: a second loop goes, after what nobody else has of it was kept. */
export async function run({ args, operands }: Call<typeof WORKTREE_OPTIONS>): Promise<Result> {
  const [name = ''] = operands;
  requireLoopName(name);
  const { root, gitDir } = findGitRepository(args.repo);
  const { path, salvaged } = await removeLoop({ root: sharedRoot(root), gitDir }, name);
  const kept = salvaged.map(({ ref }) => `; work kept as ${ref}`).join('');
  return { record: { name, path, removed: true, salvaged }, text: `removed: ${path}${kept}\n` };
}
