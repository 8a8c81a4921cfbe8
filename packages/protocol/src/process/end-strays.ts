import { realpathSync } from 'node:fs';
import type { RecordedTree } from '../contract/tree-record.ts';
import { endMembers } from './end-members.ts';
import { bootId } from './process-identity.ts';
import { ownLine } from './process-list.ts';
import type { TreeSigns } from './tree-members.ts';

/**
 * Ends processes that still work in a workspace nobody claims, as agents and gates may whose maker and whose watcher were
 * both killed: SIGINT, the grace, SIGKILL. They are known by what is written down about the tree and, on Linux, by the
 * workspace in their environment, or as strays in its folder since that tree began. Our own ancestors are spared,
 * since a person may call us from a shell that an agent started.
 *
 * @returns whether there were any, and whether any could not be ended
 */
export async function endStrays(
  workspace: string,
  tree?: RecordedTree,
): Promise<{ readonly found: boolean; readonly left: boolean }> {
  return endMembers(signsOf(workspace, tree), 'SIGINT');
}

function signsOf(workspace: string, tree: RecordedTree | undefined): TreeSigns {
  const here = { variable: `RALPH_WORKSPACE=${workspace}`, spared: ownLine() };
  const path = realPath(workspace);
  // Numbers and times of another boot mean nothing.
  if (tree === undefined || tree.boot_id !== bootId()) return { ...here, folder: { path, since: '0' } };
  const { pid, start_time: since, mark, cgroup } = tree;
  const leader = { pid, startTime: since, isOurs: false };
  return { ...here, folder: { path, since }, since, leader, mark, cgroup };
}

/** It may have removed the folder; who works in it is found all the same. */
function realPath(workspace: string): string {
  try {
    return realpathSync(workspace);
  } catch {
    return workspace;
  }
}
