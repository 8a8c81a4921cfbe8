import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { claimDraft, foldersOf, makeDraft, removeDraft, workspaceIn, type Draft } from '../workspace/draft-folder.ts';
import { PLAIN_INDEX } from '../workspace/git-folder.ts';
import { tryWorkspaceGit } from '../workspace/workspace-git.ts';
import { removeFolder } from '../workspace/remove-folder.ts';
import { readSetupRecord } from '../setup/setup-record.ts';
import type { Site } from '../site/site.ts';
import { kindAt } from '../site/workspace-path.ts';
import { filesInIndex, keptFolder, keptIndex, taskOfKeptFolder } from './kept-folder.ts';

const PREFIX = '.ralph-warm.';

/** How many warm workspaces a single command keeps where it is not told. */
export const DEFAULT_WARM = 2;

/** A workspace that was set aside for the next task: files, and the index that we kept, but no git folder. */
export interface WarmWorkspace {
  /** The task that it was set aside by. */
  readonly taskId: string;
  readonly path: string;
  readonly setupKey: string | undefined;
  readonly files: number;
}

/** Returns the warm workspaces of this repository under the root. */
export function warmWorkspaces(site: Site): WarmWorkspace[] {
  return foldersOf(site, PREFIX).map((folder) => {
    const kept = keptIn(folder);
    return { ...folder, setupKey: readSetupRecord(kept)?.key, files: filesInIndex(keptIndex(kept)) };
  });
}

/** Returns the kept folder of a draft that was a warm workspace. */
export function keptIn({ path }: Draft): string {
  return join(path, 'kept');
}

/**
 * Sets a removed workspace aside for the next task, unless as many as wanted are there already, or nothing was kept
 * of it since a fresh one is as cheap. Its git folder, with whatever an agent did to it, is deleted. To be called by the holder of the task's
 * claim, when nothing works there and what it holds is kept elsewhere.
 *
 * @returns whether it was set aside; the workspace is where it was if not
 * @throws what of the file system; it may then be in a draft that is left to reap
 */
export async function setAside(site: Site, taskId: string, path: string, limit: number): Promise<boolean> {
  const kept = keptFolder(site, taskId);
  if (limit <= 0 || !existsSync(keptIndex(kept)) || warmWorkspaces(site).length >= limit) return false;
  const draft = makeDraft(site, taskId);
  try {
    renameSync(path, workspaceIn(draft));
    renameSync(kept, keptIn(draft));
    await refreshIndex(site, workspaceIn(draft), keptIndex(keptIn(draft)));
    await removeFolder(join(workspaceIn(draft), '.git'));
    renameSync(draft.path, join(site.root, `${PREFIX}${taskId}.${randomBytes(4).toString('hex')}`));
    return true;
  } finally {
    await removeDraft(draft);
  }
}

/**
 * Most gits know times to the second only, and look into each file that is as old as its index: done now, the next task
 * need not wait for it. Differences stay what they are.
 */
async function refreshIndex({ repo }: Site, workspace: string, index: string): Promise<void> {
  const env = { GIT_DIR: repo.gitDir, GIT_INDEX_FILE: index };
  await tryWorkspaceGit(workspace, [...PLAIN_INDEX, 'update-index', '-q', '--refresh'], { env, limitMs: 600_000 });
}

/**
 * Takes a warm workspace as the draft of a task's workspace, one with the same set-up first. The renaming is the claim:
 * no two processes get the same one.
 */
export function takeWarm(site: Site, taskId: string, setupKey: string | undefined): Draft | undefined {
  const all = warmWorkspaces(site);
  const isSame = (warm: WarmWorkspace) => warm.setupKey === setupKey;
  for (const warm of [...all.filter(isSame), ...all.filter((one) => !isSame(one))]) {
    const draft = claimDraft(site, warm.path, taskId);
    if (draft !== undefined) return draft;
  }
  return undefined;
}

/** Removes warm workspaces that nobody has taken yet, and returns them. */
export async function dropWarm(site: Site): Promise<WarmWorkspace[]> {
  const dropped: WarmWorkspace[] = [];
  for (const warm of warmWorkspaces(site)) {
    const draft = claimDraft(site, warm.path, warm.taskId);
    if (draft === undefined) continue;
    await removeDraft(draft);
    dropped.push(warm);
  }
  return dropped;
}

/** Removes the kept folder of a task whose workspace is gone. */
export async function dropKept(site: Site, taskId: string): Promise<void> {
  await removeFolder(keptFolder(site, taskId));
}

/** Returns the kept folders whose workspace is gone. */
export function abandonedKept(site: Site): { readonly taskId: string; readonly path: string }[] {
  if (kindAt(site.root) !== 'folder') return [];
  return readdirSync(site.root).flatMap((name) => {
    const taskId = taskOfKeptFolder(name);
    if (taskId === undefined || !isSafeTaskId(taskId) || kindAt(join(site.root, taskId)) !== 'absent') return [];
    return [{ taskId, path: join(site.root, name) }];
  });
}
