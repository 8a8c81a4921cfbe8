import { readdirSync, renameSync, unlinkSync } from 'node:fs';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';
import { removeDraft, workspaceIn } from '../workspace/draft-folder.ts';
import { endLeftAgent } from './end-left-agent.ts';
import { endStrays } from '@ralph/protocol/process/end-strays';
import { unsavedGitlink } from '../work/gitlinks.ts';
import { dropBaseRef } from '../refs/ralph-refs.ts';
import { makeRemovalDraft } from './make-room.ts';
import { CLOSED, openRights } from './open-rights.ts';
import { salvageWorkspace, type Salvaged } from '../salvage/salvage.ts';
import type { Site } from '../site/site.ts';
import { removeStaleRefLocks } from './stale-locks.ts';
import { looksPlain, settleGit } from '../workspace/settle-git.ts';
import { readMarker } from '../workspace/workspace-marker.ts';
import { dropKept, setAside } from '../warm/warm-pool.ts';
import { kindAt } from '../site/workspace-path.ts';

export interface Place {
  readonly taskId: string;
  readonly path: string;
  /** Why what it holds is kept. */
  readonly reason: string;
  /** Set by whoever made the workspace itself: it may no longer be able to say so. */
  readonly isMadeByUs?: boolean;
  /** How many warm workspaces may be under the root if this one is set aside instead of deleted; none by default. */
  readonly warm?: number;
}

export interface Removal {
  /** Whether the place is free now. */
  readonly removed: boolean;
  readonly salvaged: Salvaged | undefined;
  /** What could not be deleted, after everything that nobody else has was kept. */
  readonly leftover?: Leftover;
}

export interface Leftover {
  readonly path: string;
  readonly problem: string;
}

/**
 * Clears the place of a task's workspace: ends what is left of its agent and what still works there, keeps what nobody else has, then removes it.
 * A symlink there is taken away, never followed. To be called by the holder of the task's claim.
 *
 * @throws Failure `claim_held` when an agent cannot be ended; `workspace_root` when something stands there that is not ours; `workspace_dirty` when a repository
 *   inside holds what we cannot keep; what of git when the work could not be kept. Nothing is removed then
 */
export async function clearPlace(site: Site, place: Place): Promise<Removal> {
  const { taskId, path, reason } = place;
  await endLeftAgent(site.repo.root, taskId);
  switch (kindAt(path)) {
    case 'absent':
      return { removed: false, salvaged: undefined };
    case 'link':
      unlinkSync(path);
      return { removed: true, salvaged: undefined };
    case 'other':
      throw notOurs(path);
    case 'folder': {
      if (place.isMadeByUs !== true && !isOurs(site, path)) throw notOurs(path);
      await endStrays(path);
      const isPlain = await looksPlain(path, CLOSED);
      if (!isPlain) await openRights(path);
      const marker = readMarker(path);
      const branch = marker?.target_branch ?? 'main';
      const { mayNest } = await settleGit(site.repo, { taskId, path, branch }, isPlain ? { isPlain } : undefined);
      const unsaved = mayNest ? await unsavedGitlink(path, marker?.base_commit) : undefined;
      if (unsaved !== undefined) throw holdsUnsaved(place, unsaved);
      const salvaged = await salvageWorkspace(site, { taskId, path, reason });
      // Repositories inside have settings of their own, by which our git may have started something.
      if (mayNest) await endStrays(path);
      return { ...(await setAsideOrDelete(site, place)), salvaged };
    }
  }
}

/** Clears the place of a task's workspace and lets its base commit go. */
export async function removeWorkspace(site: Site, place: Place): Promise<Removal> {
  await removeStaleRefLocks(site.repo, place.taskId);
  const removal = await clearPlace(site, place);
  if (kindAt(place.path) === 'absent') await dropBaseRef(site.repo.root, place.taskId);
  return removal;
}

async function setAsideOrDelete(site: Site, { taskId, path, warm }: Place): Promise<Omit<Removal, 'salvaged'>> {
  try {
    if (await setAside(site, taskId, path, warm ?? 0)) return { removed: true };
  } catch {
    // Setting it aside only saves time; what is left of it in its place is deleted as any other.
    if (kindAt(path) === 'absent') return { removed: true };
  }
  const removal = await deleteWorkspace(site, taskId, path);
  await dropKept(site, taskId);
  return removal;
}

// Out of its place first, in one step: whoever comes next finds the place free, and a crash leaves a draft to reap.
async function deleteWorkspace(site: Site, taskId: string, path: string): Promise<Omit<Removal, 'salvaged'>> {
  let left = path;
  try {
    const draft = await makeRemovalDraft(site, taskId, path);
    try {
      renameSync(path, workspaceIn(draft));
      left = draft.path;
    } finally {
      await removeDraft(draft);
    }
    return { removed: true };
  } catch (error) {
    const cause = asIoFailure(error, `delete all of ${left}`);
    const leftover = { path: left, problem: cause instanceof Error ? cause.message : String(cause) };
    return { removed: left !== path, leftover };
  }
}

/** Returns the failure for a place that could not be cleared, with where the work of it is. */
export function leftoverFailure({ path, problem }: Leftover, salvaged: Salvaged | undefined): Failure {
  const kept = salvaged === undefined ? '' : `; what nobody else had is kept as ${salvaged.ref}`;
  return new Failure('io', `${problem}${kept}`, { hint: `see why: rm -r ${path}` });
}

function holdsUnsaved({ taskId, path }: Place, unsaved: string): Failure {
  return new Failure('workspace_dirty', `the workspace ${path} holds what cannot be kept: ${unsaved}`, {
    hint: `push or discard it there, then: ralph-worker remove ${taskId}`,
    taskId,
  });
}

/** Only what we made is ever removed: a folder that says so, one under the default root, or an empty one. */
function isOurs({ repo, isDefaultRoot }: Site, path: string): boolean {
  return isDefaultRoot || readMarker(path)?.repo_root === repo.root || readdirSync(path).length === 0;
}

function notOurs(path: string): Failure {
  return new Failure('workspace_root', `${path} is in the way: it is not a workspace of this repository`, {
    hint: 'move it away, or choose another --workspace-root',
  });
}
