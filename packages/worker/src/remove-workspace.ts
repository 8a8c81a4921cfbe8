import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { endStrays } from './end-strays.ts';
import { dropBaseRef } from './ralph-refs.ts';
import { removeFolder } from './remove-folder.ts';
import { salvageWorkspace, type Salvaged } from './salvage.ts';
import type { Site } from './site.ts';
import { readMarker } from './workspace-marker.ts';
import { kindAt } from './workspace-path.ts';

export interface Place {
  readonly taskId: string;
  readonly path: string;
  /** Why what it holds is kept. */
  readonly reason: string;
  /** Set by whoever made the workspace itself: it may no longer be able to say so. */
  readonly isMadeByUs?: boolean;
}

export interface Removal {
  readonly removed: boolean;
  readonly salvaged: Salvaged | undefined;
}

/**
 * Clears the place of a task's workspace: ends what still works there, keeps what nobody else has, then removes it.
 * A symlink there is taken away, never followed. To be called by the holder of the task's claim.
 *
 * @throws Failure `workspace_root` when something stands there that is not ours; what of git when the work could not
 *   be kept. Nothing is removed then
 */
export async function clearPlace(site: Site, place: Place): Promise<Removal> {
  const { taskId, path, reason } = place;
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
      const salvaged = await salvageWorkspace(site, { taskId, path, reason });
      await deleteWorkspace(site, taskId, path);
      return { removed: true, salvaged };
    }
  }
}

/** Clears the place of a task's workspace and lets its base commit go. */
export async function removeWorkspace(site: Site, place: Place): Promise<Removal> {
  const removal = await clearPlace(site, place);
  await dropBaseRef(site.repo.root, place.taskId);
  return removal;
}

// Out of its place first, in one step: whoever comes next finds the place free, and a crash leaves a draft to reap.
async function deleteWorkspace(site: Site, taskId: string, path: string): Promise<void> {
  const draft = join(site.root, `.${taskId}.${randomBytes(4).toString('hex')}`);
  renameSync(path, draft);
  await removeFolder(draft);
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
