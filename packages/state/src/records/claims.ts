import { claimedTasks } from '@ralph/protocol/process/claimed-tasks';

/** Tells whether somebody has claimed a task: between two steps of an attempt nothing else tells that it goes on. */
export type Claims = (taskId: string) => boolean;

/** Returns what is claimed at the time of the first question; looking at every process is only done where it matters. */
export function claimsIn(root: string): Claims {
  let claimed: ReadonlySet<string> | undefined;
  return (taskId) => {
    claimed ??= claimedTasks(root) ?? new Set();
    return claimed.has(taskId);
  };
}
