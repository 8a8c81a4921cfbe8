import { tryGit } from '@ralph/protocol/process/git';
import { tryClaim } from '@ralph/protocol/process/task-claim';

const TRAIN_REF = /^refs\/ralph\/train\/([^/]+)\/\d+$/;

/**
 * Drops what a killed integrator has kept of its train: nothing stands on it any more, and a later attempt at the task
 * would never look at it. What belongs to a task that somebody works on stays.
 */
export async function dropLeftTrainRefs(root: string): Promise<void> {
  const { stdout } = await tryGit(['for-each-ref', '--format=%(refname)', 'refs/ralph/train'], { cwd: root });
  for (const ref of stdout.split('\n')) {
    const taskId = TRAIN_REF.exec(ref)?.[1];
    const claim = taskId === undefined ? undefined : await tryClaim(root, taskId, { waitMs: 0 });
    if (claim === undefined) continue;
    try {
      await tryGit(['update-ref', '-d', ref], { cwd: root });
    } finally {
      claim.release();
    }
  }
}
