import { isFailure } from '@ralph/protocol/contract/failure';
import { tryGit } from '@ralph/protocol/process/git';
import { fetchBase } from './base-commit.ts';
import { recordAttempt } from '../refs/attempt-claim.ts';
import { createWorkspace, type CreatedWorkspace } from './create-workspace.ts';
import { clearPlace, leftoverFailure } from '../removal/remove-workspace.ts';
import type { Salvaged } from '../salvage/salvage.ts';
import type { Site } from '../site/site.ts';
import { setupKey, type SetupPlan } from '../setup/setup-plan.ts';
import type { Space } from '../space/space.ts';
import { reserveRoom } from '../warm/make-way.ts';
import type { WorkspacePlan } from './workspace-plan.ts';

export interface WorkspaceRequest extends Omit<WorkspacePlan, 'baseCommit' | 'setupKey'> {
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
  const { taskId, path } = request;
  const began = performance.now();
  const baseCommit = await fetchRecorded(site, request);
  const key = request.setup === undefined ? undefined : await setupKey(site, request.setup, baseCommit);
  const warm = request.reuse.fresh ? 0 : request.reuse.limit;
  const { salvaged, removed, leftover } = await clearPlace(site, { taskId, path, reason: IN_THE_WAY, warm });
  if (leftover !== undefined && !removed) throw leftoverFailure(leftover, salvaged);
  const want = { commit: baseCommit, fresh: request.reuse.fresh, signal: request.signal };
  const giveBack = await reserveRoom(site, request.space, want);
  try {
    const created = await createWorkspace(site, { ...request, baseCommit, setupKey: key });
    return { ...created, baseCommit, setupKey: key, salvaged, durationMs: Math.round(performance.now() - began) };
  } finally {
    giveBack();
  }
}

/** The number is used up also when there is no base to be had: what is told of the attempt carries it. */
async function fetchRecorded(site: Site, request: WorkspaceRequest): Promise<string> {
  const { taskId, attempt } = request;
  const { root } = site.repo;
  try {
    const baseCommit = await fetchBase(root, request);
    await recordAttempt(site, taskId, attempt, baseCommit);
    return baseCommit;
  } catch (error) {
    if (isFailure(error) && error.code === 'claim_held') throw error;
    const head = await tryGit(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { cwd: root });
    if (head.exitCode === 0) await recordAttempt(site, taskId, attempt, head.stdout.trim());
    throw error;
  }
}
