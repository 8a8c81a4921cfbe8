import { git, tryGit } from './workspace-git.ts';
import type { Workspace } from './workspace.ts';

/**
 * Has git look at the tracked files again that it was told not to look at: a gate would judge what they hold, while what
 * is pushed is what the commit holds. Those that a sparse checkout leaves out stay out. Returns whether there were any.
 */
export async function showHiddenFiles({ path: cwd }: Workspace): Promise<boolean> {
  const flagged = await flaggedFiles(cwd);
  const assumed = flagged.filter((line) => /^[a-z]/.test(line));
  const skipped = flagged.filter((line) => /^S/i.test(line));
  await clear(cwd, '--no-assume-unchanged', assumed);
  if (skipped.length === 0 || (await isSparse(cwd))) return assumed.length > 0;
  await clear(cwd, '--no-skip-worktree', skipped);
  return true;
}

/** Tells whether git was told not to look at some file, be it one that a sparse checkout leaves out. */
export async function hasHiddenFiles({ path }: Workspace): Promise<boolean> {
  return (await flaggedFiles(path)).length > 0;
}

async function flaggedFiles(cwd: string): Promise<string[]> {
  const listed = await git(['-c', 'core.quotePath=true', 'ls-files', '-v'], { cwd });
  return listed.split('\n').filter((line) => line !== '' && !/^[HM] /.test(line));
}

async function clear(cwd: string, flag: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const input = lines.map((line) => `${line.slice(2)}\n`).join('');
  await git(['update-index', flag, '--stdin'], { cwd, input });
}

async function isSparse(cwd: string): Promise<boolean> {
  const { stdout } = await tryGit(['config', '--type=bool', '--get', 'core.sparseCheckout'], { cwd });
  return stdout.trim() === 'true';
}
