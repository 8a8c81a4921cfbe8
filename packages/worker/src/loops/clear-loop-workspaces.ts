import { existsSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import type { Repository } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';
import { reap } from '../removal/reap.ts';
import { removeOnRequest } from '../removal/removal-order.ts';
import { workspaceFolders } from '../removal/workspace-list.ts';
import type { Site } from '../site/site.ts';
import { workspaceRoot } from '../site/workspace-root.ts';
import type { SalvagedLoop } from './salvage-loop.ts';

/**
 * Removes the workspaces of a second loop, blocked ones too; what nobody else has is kept first, each under the salvage
 * ref of its task.
 *
 * @param path the loop's worktree
 * @returns what was kept
 * @throws Failure `claim_held` while a living process works in one of them, what of git or the file system
 */
export async function clearLoopWorkspaces({ gitDir }: Required<Repository>, path: string): Promise<SalvagedLoop[]> {
  const repo = { root: path, gitDir };
  const usual = workspaceRoot(path, undefined).path;
  const kept: SalvagedLoop[] = [];
  for (const root of new Set([usual, ...(await rootsOnRecord(path))])) {
    const site: Site = { repo, root, isDefaultRoot: root === usual };
    for (const { taskId } of workspaceFolders(site)) {
      const { salvaged, leftover } = await removeOnRequest(site, { taskId, attempt: undefined }, 0);
      if (salvaged !== undefined) kept.push({ ref: salvaged.ref, commit: salvaged.commit });
      if (leftover !== undefined)
        throw new Failure('io', leftover.problem, { hint: `see why: rm -r ${leftover.path}` });
    }
    await reap(site, { all: true, keep: [] });
    removeEmpty(root);
  }
  return kept;
}

/** Where the records of the loop say that its workspaces are. */
async function rootsOnRecord(path: string): Promise<string[]> {
  // A state file that cannot be read names none: what it cannot tell of stays where it is.
  const records = await callSibling('ralph-state', ['list', '--repo', path]).catch(() => []);
  const folders = records.flatMap(({ workspace_path: folder }) => (typeof folder === 'string' ? [folder] : []));
  return folders.filter((folder) => existsSync(folder)).map((folder) => dirname(folder));
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
    rmdirSync(dirname(folder));
  } catch {
    // Others use it, or it was never made.
  }
}
