import { asIoFailure } from '@ralph/protocol/contract/failure';
import type { ProcessTree, TreeOptions } from '@ralph/protocol/process/process-tree';
import type { Job } from '../candidate/job.ts';

/**
 * Starts a command of others in the workspace of a job: held before its first instruction until it is written down, for
 * whoever comes after us when we are killed together with its watcher.
 *
 * @throws Failure `io` or its kin when it cannot be started or written down
 */
export async function startTree({ bench, candidate, workspace }: Job, asked: TreeOptions): Promise<ProcessTree> {
  const tree = await bench.trees.start(asked);
  try {
    bench.running.add({ candidate, workspace }, tree);
    return tree;
  } catch (error) {
    tree.kill();
    throw asIoFailure(error, `write down what runs for ${candidate.taskId}`);
  }
}
