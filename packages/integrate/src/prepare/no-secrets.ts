import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { forbiddenPathspecs } from '@ralph/protocol/contract/forbidden-files';
import type { Job } from '../candidate/job.ts';
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
  if (job.cleanTip === tip) return;
  const how = ['-z', '-c', '--full-history', '--no-renames', '--diff-filter=A', '--name-only', '--format='];
  const args = ['log', ...how, `${onto}..HEAD`, '--', ...forbiddenPathspecs()];
  const added = (await git(args, { cwd: workspace.path })).split('\0').filter((name) => name !== '');
  if (added.length > 0) {
    const named = [...new Set(added)].slice(0, MOST_NAMED).join(', ');
    throw new Failure('secrets_committed', `the commits of ${candidate.taskId} add ${named}, which must not land`, {
      hint: commandLine(['git', '-C', workspace.path, 'log', '--stat', tip]),
      details: { files: added },
    });
  }
  job.cleanTip = tip;
}
