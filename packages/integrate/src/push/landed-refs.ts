import { landedRef, trainRef } from '@ralph/protocol/contract/paths';
import { tryGit } from '@ralph/protocol/process/git';
import type { Candidate } from '../candidate/candidate.ts';

/** What is to be written down about one that has landed. */
export interface LandedRefs {
  readonly candidate: Candidate;
  /** The commit with which it has landed. */
  readonly commit: string;
  readonly hasTrainRef: boolean;
}

/**
 * Keeps the commits with which some have landed, and forgets what was kept of them for the train, all at once or nothing.
 *
 * @returns whether it could be done
 */
export async function keepLanded(root: string, landed: readonly LandedRefs[]): Promise<boolean> {
  const input = landed
    .map(({ candidate: { taskId, attempt }, commit, hasTrainRef }) => {
      const forgotten = hasTrainRef ? `delete ${trainRef(taskId, attempt)}\n` : '';
      return `update ${landedRef(taskId, attempt)} ${commit}\n${forgotten}`;
    })
    .join('');
  const { exitCode } = await tryGit(['update-ref', '--stdin'], { cwd: root, input });
  return exitCode === 0;
}
