import { tryGit } from '@ralph/protocol/process/git';
import { fetchBase } from './base-commit.ts';
import { recordAttempt } from '../refs/attempt-claim.ts';
import { createWorkspace, type CreatedWorkspace } from './create-workspace.ts';
import { clearPlace, leftoverFailure } from '../removal/remove-workspace.ts';
import type { Salvaged } from '../salvage/salvage.ts';
import type { Site } from '../site/site.ts';
import { kindAt } from '../site/workspace-path.ts';
import { setupKey, type SetupPlan } from '../setup/setup-plan.ts';
import type { Space } from '../space/space.ts';
import { reserveRoom } from '../warm/make-way.ts';
import type { WorkspacePlan } from './workspace-plan.ts';

export interface WorkspaceRequest extends Omit<WorkspacePlan, 'baseCommit' | 'setupKey' | 'recorded'> {
  readonly setup: SetupPlan | undefined;
  readonly space: Space;
}

export interface OpenedWorkspace extends CreatedWorkspace {
  readonly baseCommit: string;
  readonly setupKey: string | undefined;
  /** What an older workspace at this place held and nobody else had. */
  readonly salvaged: Salvaged | undefined;
  readonly durationMs: number;
}

/** Why work was kept that stood where a new workspace had to go. */
export const IN_THE_WAY = 'an older workspace was in the place of a new one';

/**
 * Makes a workspace for a claimed task on the newest commit of the target branch, in place of an older one whose work is
 * kept first. The attempt number is used up even when this fails.
 *
 * @throws Failure what of git, origin or the file system; the older workspace is then still there
 */
export async function openWorkspace(site: Site, request: WorkspaceRequest): Promise<OpenedWorkspace> {
  const { taskId, attempt, path } = request;
  const began = performance.now();
  const baseCommit = await fetchOrRecord(site, request);
  const recorded = recordAttempt(site, taskId, attempt, baseCommit);
  // It may fail long before anybody waits for it.
  recorded.catch(() => {});
  try {
    // What stands there may be of whoever took our number; where nothing is, git may work on the tree meanwhile.
    if (kindAt(path) !== 'absent') await recorded;
    const opened = await openOn(site, request, { baseCommit, recorded });
    return { ...opened, durationMs: Math.round(performance.now() - began) };
  } finally {
    await recorded.catch(() => {});
  }
}

async function openOn(
  site: Site,
  request: WorkspaceRequest,
  base: Pick<WorkspacePlan, 'baseCommit' | 'recorded'>,
): Promise<Omit<OpenedWorkspace, 'durationMs'>> {
  const { taskId, path, signal, reuse, setup } = request;
  const { baseCommit } = base;
  const key = setup === undefined ? undefined : await setupKey(site, setup, baseCommit);
  const warm = reuse.fresh ? 0 : reuse.limit;
  const { salvaged, removed, leftover } = await clearPlace(site, { taskId, path, reason: IN_THE_WAY, warm });
  if (leftover !== undefined && !removed) throw leftoverFailure(leftover, salvaged);
  const giveBack = await reserveRoom(site, request.space, { commit: baseCommit, fresh: reuse.fresh, signal });
  try {
    const created = await createWorkspace(site, { ...request, ...base, setupKey: key });
    return { ...created, baseCommit, setupKey: key, salvaged };
  } finally {
    giveBack();
  }
}

/** The number is used up also when there is no base to be had: what is told of the attempt carries it. */
async function fetchOrRecord(site: Site, request: WorkspaceRequest): Promise<string> {
  const { taskId, attempt } = request;
  try {
    return await fetchBase(site.repo, request);
  } catch (error) {
    const head = await tryGit(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { cwd: site.repo.root });
    if (head.exitCode === 0) await recordAttempt(site, taskId, attempt, head.stdout.trim());
    throw error;
  }
}
