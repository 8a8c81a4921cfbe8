import { lstatSync } from 'node:fs';
import { git, type GitOptions } from '@ralph/protocol/process/git';
import { bytesOfName } from '../work/quoted-name.ts';

/**
 * Has git look at the files that it was told not to look at: those assumed to be unchanged, and those said not to stand
 * in the worktree which do. The index that `where` names is changed.
 */
export async function showHiddenEdits(where: GitOptions): Promise<void> {
  const text = await git(['-c', 'core.quotePath=true', 'ls-files', '-v'], where);
  const flagged = text.match(/^(?!H ).+$/gm) ?? [];
  const assumed = flagged.filter((line) => /^[a-z]/.test(line));
  const skipped = flagged.filter((line) => /^[Ss]/.test(line) && isThere(where.cwd, line.slice(2)));
  await clear(where, '--no-assume-unchanged', assumed);
  await clear(where, '--no-skip-worktree', skipped);
}

async function clear(where: GitOptions, flag: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const input = lines.map((line) => `${line.slice(2)}\n`).join('');
  await git(['update-index', flag, '--stdin'], { ...where, input });
}

function isThere(folder: string, printed: string): boolean {
  try {
    const path = Buffer.concat([Buffer.from(`${folder}/`), bytesOfName(printed)]);
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // A file stands where a folder on the way would have to be.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}
