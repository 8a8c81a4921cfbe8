import { existsSync } from 'node:fs';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { markedWorktrees } from '@ralph/protocol/process/loop-worktrees';
import { findRepository, sharedRoot } from '@ralph/protocol/process/repository';
import { logPath } from '../agent/agent-log.ts';

/**
 * Returns the root of another loop of the repository that has the log of an attempt: all loops number the attempts at a
 * task together, and each has the logs of its own. Nothing when none has it.
 */
export function rootWithLog(repoRoot: string, taskId: string, attempt: number): string | undefined {
  const { gitDir } = findRepository(repoRoot);
  if (gitDir === undefined) return undefined;
  const main = sharedRoot(repoRoot);
  const roots = [main, ...markedWorktrees({ root: main, gitDir }).map(({ path }) => path)];
  return roots.find((root) => root !== repoRoot && existsSync(logPath(root, taskId, attempt)));
}

/** Returns what is told of a task whose log grows in another loop. */
export function inOtherLoop(taskId: string, attempt: number, root: string): Failure {
  return new Failure('record_not_found', `attempt ${attempt} at ${taskId} is under way in another loop: ${root}`, {
    hint: `follow it there: ${commandLine(['ralph-worker', 'logs', taskId, '--follow', '--repo', root])}`,
    taskId,
    attempt,
  });
}
