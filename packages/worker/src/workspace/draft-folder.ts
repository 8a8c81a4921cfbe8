import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import * as z from 'zod';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { removeFolder } from './remove-folder.ts';
import { runTool } from '../site/run-tool.ts';
import type { Site } from '../site/site.ts';
import { makeRoot } from '../site/usable-root.ts';
import { kindAt } from '../site/workspace-path.ts';

const PREFIX = '.ralph-draft.';
const NOTE = 'draft.json';
const LIMIT_MS = 600_000;

const draftNote = z.looseObject({ task_id: z.string(), repo_root: z.string() });

/** A workspace that is being made or removed, in a folder beside the workspaces that says whose it is. */
export interface Draft {
  readonly taskId: string;
  readonly path: string;
}

/** Makes the folder of a draft; its note comes first, so that whatever a crash leaves there can be told from others'. */
export function makeDraft(site: Site, taskId: string): Draft {
  const path = join(site.root, newName(taskId));
  makeRoot(site.root);
  mkdirSync(path);
  const note: z.infer<typeof draftNote> = { task_id: taskId, repo_root: site.repo.root };
  try {
    writeFileSync(join(path, NOTE), `${JSON.stringify(note, null, 2)}\n`);
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    throw error;
  }
  return { taskId, path };
}

/** Tells whether a name in the folder of the workspaces is that of a draft. */
export function isDraftName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Returns where the workspace stands in a draft. */
export function workspaceIn({ path }: Draft): string {
  return join(path, 'workspace');
}

/** Removes a draft, its note last. */
export async function removeDraft(draft: Draft): Promise<void> {
  if (removeEmptied(draft)) return;
  // A system call for each file of a workspace costs Node more than all gits of its task cost us. A rm that outlives us
  // does no harm here: no other draft ever has this name.
  const files = { cwd: draft.path, signal: AbortSignal.timeout(LIMIT_MS) };
  await runTool('rm', ['-rf', '--', workspaceIn(draft)], files);
  await removeFolder(workspaceIn(draft));
  await removeFolder(draft.path);
}

/** Most have given their workspace away. */
function removeEmptied(draft: Draft): boolean {
  if (kindAt(workspaceIn(draft)) !== 'absent') return false;
  try {
    dropFile(join(draft.path, NOTE));
    rmdirSync(draft.path);
    return true;
  } catch {
    return false;
  }
}

/** Returns the drafts of this repository under the root, in order of their names. */
export function draftsOf(site: Site): Draft[] {
  return foldersOf(site, PREFIX);
}

/** Returns the folders of this repository under the root that are named and noted as drafts are, with another prefix. */
export function foldersOf(site: Site, prefix: string): Draft[] {
  if (kindAt(site.root) !== 'folder') return [];
  return readdirSync(site.root)
    .toSorted()
    .flatMap((name) => {
      if (!name.startsWith(prefix)) return [];
      const taskId = /^(.+)\.[0-9a-f]{8}$/.exec(name.slice(prefix.length))?.[1];
      const path = join(site.root, name);
      if (taskId === undefined || !isSafeTaskId(taskId) || kindAt(path) !== 'folder') return [];
      return isOfRepository(site, path) ? [{ taskId, path }] : [];
    });
}

/** Makes a folder with a note the draft of a task, in one step; returns nothing when another was faster. */
export function claimDraft(site: Site, folder: string, taskId: string): Draft | undefined {
  const path = join(site.root, newName(taskId));
  try {
    renameSync(folder, path);
    return { taskId, path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function newName(taskId: string): string {
  return `${PREFIX}${taskId}.${randomBytes(4).toString('hex')}`;
}

/** Nobody but this repository keeps anything under its default root, so there a note may be missing. */
function isOfRepository({ repo, isDefaultRoot }: Site, path: string): boolean {
  const note = noteOf(path);
  return note === undefined ? isDefaultRoot : note.repo_root === repo.root;
}

function noteOf(path: string): z.infer<typeof draftNote> | undefined {
  try {
    return draftNote.safeParse(lightJson(readTextIfPresent(join(path, NOTE)) ?? 'null')).data;
  } catch {
    return undefined;
  }
}
