import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { isSafeTaskId } from '@ralph/protocol/contract/task';
import { taskOfRef } from './attempt-number.ts';
import { tryClaim } from '@ralph/protocol/process/task-claim';
import { endStrays } from './end-strays.ts';
import { dropBaseRef, listRefs } from './ralph-refs.ts';
import { removeFolder } from './remove-folder.ts';
import { removeWorkspace } from './remove-workspace.ts';
import type { Site } from './site.ts';
import { leftoverFolders, workspaceFolders } from './workspace-list.ts';
import { kindAt, workspacePath } from './workspace-path.ts';

export interface Reaped {
  readonly task_id: string;
  readonly action: 'removed' | 'kept' | 'swept';
  /** A folder, a ref or a lock file. */
  readonly what: string;
  readonly reason: string;
  readonly salvage_ref?: string;
}

const LEFT_BEHIND = 'its workspace was left behind by a process that is gone';

/**
 * Removes what processes that are gone have left: workspaces that no living process claims, after what they hold has
 * been kept; halves of workspaces; base refs and claim files that stand for nothing. A workspace that is blocked, and
 * one that cannot be kept, stays.
 */
export async function reap(site: Site): Promise<Reaped[]> {
  const reaped: Reaped[] = [];
  for (const { taskId, path } of workspaceFolders(site)) reaped.push(await reapWorkspace(site, taskId, path));
  for (const { taskId, path } of leftoverFolders(site)) {
    const swept = await whileClaimed(site, taskId, async () => {
      await endStrays(path);
      await removeFolder(path);
    });
    if (swept) reaped.push({ task_id: taskId, action: 'swept', what: path, reason: 'half a workspace' });
  }
  for (const { ref } of await listRefs(site.repo.root, 'refs/ralph/base/')) {
    const taskId = taskOfRef(ref);
    if (taskId === undefined || !isSafeTaskId(taskId) || kindAt(workspacePath(site, taskId)) !== 'absent') continue;
    const swept = await whileClaimed(site, taskId, () => dropBaseRef(site.repo.root, taskId));
    if (swept) reaped.push({ task_id: taskId, action: 'swept', what: ref, reason: 'the base of no workspace' });
  }
  for (const taskId of claimFiles(site)) await whileClaimed(site, taskId, () => Promise.resolve());
  return reaped;
}

async function reapWorkspace(site: Site, taskId: string, path: string): Promise<Reaped> {
  const kept = { task_id: taskId, action: 'kept', what: path } as const;
  if (existsSync(join(path, RALPH_PATHS.blockedMarker))) return { ...kept, reason: 'blocked: kept for a person' };
  const claim = await tryClaim(site.repo.root, taskId, { waitMs: 0 });
  if (claim === undefined) return { ...kept, reason: 'a living process works on it' };
  try {
    const { salvaged } = await removeWorkspace(site, { taskId, path, reason: LEFT_BEHIND });
    const done = { task_id: taskId, action: 'removed', what: path, reason: 'no living process claims it' } as const;
    return salvaged === undefined ? done : { ...done, salvage_ref: salvaged.ref };
  } catch (error) {
    return { ...kept, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    claim.release();
  }
}

/** Does something unless a living process has the task; the claim file is gone afterwards. */
async function whileClaimed(site: Site, taskId: string, act: () => Promise<void>): Promise<boolean> {
  const claim = await tryClaim(site.repo.root, taskId, { waitMs: 0 });
  if (claim === undefined) return false;
  try {
    await act();
    return true;
  } finally {
    claim.release();
  }
}

function claimFiles({ repo }: Site): string[] {
  const folder = join(repo.root, RALPH_PATHS.claims);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const taskId = name.endsWith('.lock') ? name.slice(0, -'.lock'.length) : '';
    return isSafeTaskId(taskId) ? [taskId] : [];
  });
}
