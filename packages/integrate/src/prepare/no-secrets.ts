import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { forbiddenPathspecs } from '@ralph/protocol/contract/forbidden-files';
import type { Job } from '../candidate/job.ts';
import { standsOn } from './own-commits.ts';
import { git } from '../workspace/workspace-git.ts';

/** No more files than this are named. */
const MOST_NAMED = 3;

/**
 * Makes sure that no commit between what the work stands on and HEAD adds a file of the run or one that holds secrets by
 * custom. The worker looks for them too, but by what the workspace says is on the target, which an agent can change.
 * Looks once at each tip.
 *
 * @throws Failure `secrets_committed`
 */
export async function requireNoSecrets(job: Job, onto: string): Promise<void> {
  const { workspace, candidate, tip } = job;
  if (job.cleanTip === tip || (job.cleanOrigin === tip && standsOn(job, onto))) return;
  const added = await addedBy(workspace.path, [`${onto}..HEAD`]);
  if (added.length > 0) {
    const named = [...new Set(added)].slice(0, MOST_NAMED).join(', ');
    throw new Failure('secrets_committed', `the commits of ${candidate.taskId} add ${named}, which must not land`, {
      hint: commandLine(['git', '-C', workspace.path, 'log', '--stat', tip]),
      details: { files: added },
    });
  }
  job.cleanTip = tip;
}

/** Looks ahead whether the own commits of an attempt add such a file, before they are put on anything; never throws. */
export async function lookForSecrets(job: Job): Promise<void> {
  const { workspace, origin, tip } = job;
  if (origin?.tip !== tip || !origin.hasOwn || origin.boundary.length === 0) return;
  const added = await addedBy(workspace.path, [tip, '--not', ...origin.boundary]).catch(() => undefined);
  if (added?.length === 0) job.cleanOrigin = tip;
}

async function addedBy(cwd: string, commits: readonly string[]): Promise<string[]> {
  const how = ['-z', '-c', '--full-history', '--no-renames', '--diff-filter=A', '--name-only', '--format='];
  const out = await git(['log', ...how, ...commits, '--', ...forbiddenPathspecs()], { cwd });
  return out.split('\0').filter((name) => name !== '');
}
