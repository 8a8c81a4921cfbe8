import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { namesIn } from '@ralph/protocol/process/names-in';

/** Returns the file that gets the output of an attempt's agent. */
export function logPath(repoRoot: string, taskId: string, attempt: number): string {
  return join(repoRoot, RALPH_PATHS.logs, `${taskId}.${attempt}.log`);
}

/**
 * Returns the attempts of a task that have left a log, in order.
 *
 * @throws Failure `permission`, `io`
 */
export function loggedAttempts(repoRoot: string, taskId: string): number[] {
  const numbers = namesIn(join(repoRoot, RALPH_PATHS.logs)).flatMap((name) => {
    if (!name.startsWith(`${taskId}.`)) return [];
    const number = /^([1-9]\d*)\.log$/.exec(name.slice(taskId.length + 1))?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers.toSorted((a, b) => a - b);
}
