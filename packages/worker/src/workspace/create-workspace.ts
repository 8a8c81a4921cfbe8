import { renameSync } from 'node:fs';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import type { SetupRecord } from '../setup/setup-record.ts';
import { makeDraft, removeDraft, workspaceIn, type Draft } from './draft-folder.ts';
import { checkOutBase, makeGitFolder } from './git-folder.ts';
import { travelSite, type Site } from '../site/site.ts';
import { bringTravellers } from '../travel/bring-travellers.ts';
import { keepIndex } from '../warm/kept-folder.ts';
import { renewWorkspace } from '../warm/renew-workspace.ts';
import { takeWarm } from '../warm/warm-pool.ts';
import { keepConfig } from './own-config.ts';
import { fillSubmodules } from './submodules.ts';
import type { WorkspacePlan } from './workspace-plan.ts';

export interface CreatedWorkspace {
  /** Whether its files are those of a warm one. */
  readonly reused: boolean;
  /** What the wanted set-up has made there earlier and is still as it was. */
  readonly setup: SetupRecord | undefined;
}

/**
 * Makes a workspace: a repository of its own with its own refs, settings, index and stash, that borrows the objects of
 * the user's repository. It is built beside its place and renamed into it, so that a crash never leaves half of one
 * there. Its files are those of a warm workspace where there is one that can be proven clean. Nothing may stand at its
 * path.
 *
 * @throws Failure `git_failed`, `travel_refused`, `workspace_unsupported`, or of the file system; nothing is left then
 */
export async function createWorkspace(site: Site, plan: WorkspacePlan): Promise<CreatedWorkspace> {
  try {
    const created = (await fromWarm(site, plan)) ?? (await fromNothing(site, plan));
    keepIndex(site, plan.taskId, plan.path, { small: plan.setupKey !== undefined });
    return created;
  } catch (error) {
    throw asIoFailure(error, `make the workspace ${plan.path}`);
  }
}

async function fromNothing(site: Site, plan: WorkspacePlan): Promise<CreatedWorkspace> {
  const draft = makeDraft(site, plan.taskId);
  try {
    const folder = workspaceIn(draft);
    makeGitFolder(site, plan, folder);
    await checkOutBase(folder, plan);
    await addUncommitted(site, plan, folder);
    await plan.recorded;
    renameSync(folder, plan.path);
    return { reused: false, setup: undefined };
  } finally {
    await removeDraft(draft);
  }
}

async function addUncommitted(site: Site, plan: WorkspacePlan, folder: string): Promise<void> {
  await fillSubmodules(site.repo.root, folder, plan.signal);
  keepConfig(site.repo.root, plan.taskId, folder);
  await bringTravellers(travelSite(site), plan.travellers, folder);
}

/** A warm one only saves time: whatever is wrong with it, it is thrown away and a new one is made. */
async function fromWarm(site: Site, plan: WorkspacePlan): Promise<CreatedWorkspace | undefined> {
  let draft: Draft | undefined;
  try {
    draft = plan.reuse.fresh ? undefined : takeWarm(site, plan.taskId, plan.setupKey);
    if (draft === undefined) return undefined;
    const setup = await renewWorkspace(site, plan, draft);
    await addUncommitted(site, plan, workspaceIn(draft));
    await plan.recorded;
    renameSync(workspaceIn(draft), plan.path);
    return { reused: true, setup };
  } catch {
    return undefined;
  } finally {
    // What cannot be deleted is left to reap.
    if (draft !== undefined) await removeDraft(draft).catch(() => {});
  }
}
