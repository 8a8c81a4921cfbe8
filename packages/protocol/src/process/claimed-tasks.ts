import { join } from 'node:path';
import { RALPH_PATHS } from '../contract/paths.ts';
import { openFilesIn } from './open-files.ts';

const ENDING = '.lock';

/** Returns the file whose lock is the claim of a task. */
export function claimPath(repoRoot: string, taskId: string): string {
  return join(repoRoot, RALPH_PATHS.claims, `${taskId}${ENDING}`);
}

/**
 * Returns the tasks that a process has claimed, or waits to claim, without getting in the way of anybody.
 *
 * @returns nothing where that cannot be seen: there is no /proc
 */
export function claimedTasks(repoRoot: string): ReadonlySet<string> | undefined {
  const open = openFilesIn(join(repoRoot, RALPH_PATHS.claims));
  if (open === undefined) return undefined;
  return new Set([...open].filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length)));
}
