import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDraft, type Draft } from '../workspace/draft-folder.ts';
import { removeFolder } from '../workspace/remove-folder.ts';
import type { Site } from '../site/site.ts';

/**
 * Makes a draft to remove a workspace through. Where the disk is full, the files of the workspace, which are kept
 * already, make room for it first; what says whose the workspace is stays to the last.
 */
export async function makeRemovalDraft(site: Site, taskId: string, workspace: string): Promise<Draft> {
  try {
    return makeDraft(site, taskId);
  } catch (error) {
    if (!isFull(error)) throw error;
    await removeAllBut(workspace, '.git');
    await removeAllBut(join(workspace, '.git'), 'ralph');
    return makeDraft(site, taskId);
  }
}

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

async function removeAllBut(folder: string, spared: string): Promise<void> {
  for (const name of await readdir(folder)) if (name !== spared) await removeFolder(join(folder, name));
}
