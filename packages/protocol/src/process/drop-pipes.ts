import { execFile } from 'node:child_process';
import { bareEnvironment } from './environment.ts';
import { byGitStarter } from './git.ts';

/** What git opens in any folder of a worktree: at a pipe of that name it would wait for ever. */
export const READ_BY_GIT = ['.gitignore', '.gitattributes', '.gitmodules', '.mailmap'] as const;

const LIMIT_MS = 600_000;

/**
 * Removes what stands in a worktree in the place of a file that git reads, and is none: pipes, sockets, devices. What is in
 * its git folder is left to others. Never throws; what cannot be removed stays.
 *
 * @param worktree a real path
 */
export async function dropPipes(worktree: string): Promise<void> {
  const names = READ_BY_GIT.flatMap((name, index) => [...(index === 0 ? [] : ['-o']), '-name', name]);
  const odd = ['!', '-type', 'f', '!', '-type', 'd', '!', '-type', 'l'];
  const args = ['.', '-path', './.git', '-prune', '-o', '(', ...names, ')', ...odd, '-exec', 'rm', '-f', '{}', '+'];
  const started = byGitStarter(['find', ...args], { cwd: worktree, limitMs: LIMIT_MS });
  if (started !== undefined) return void (await started);
  await new Promise<void>((resolve) => {
    execFile('find', args, { cwd: worktree, env: bareEnvironment(), timeout: LIMIT_MS }, () => resolve());
  });
}
