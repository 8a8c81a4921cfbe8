import { lstatSync } from 'node:fs';
import { git, gitFailed, type GitOptions } from '@ralph/protocol/process/git';
import { bytesOfName } from '../work/quoted-name.ts';
import { trySoughtRecords } from '../workspace/git-records.ts';

const FLAGGED = { separator: '\n', begins: '(?!H )' } as const;

/**
 * Has git look at the files that it was told not to look at: those assumed to be unchanged, and those said not to stand
 * in the worktree which do. The index that `where` names is changed.
 */
export async function showHiddenEdits(where: GitOptions): Promise<void> {
  const args = ['-c', 'core.quotePath=true', 'ls-files', '-v'];
  const [assumed, skipped]: [string[], string[]] = [[], []];
  const result = await trySoughtRecords(args, where, FLAGGED, (line) => {
    if (/^[a-z]/.test(line)) assumed.push(line);
    if (/^[Ss]/.test(line) && isThere(where.cwd, line.slice(2))) skipped.push(line);
  });
  if (result.exitCode !== 0) throw gitFailed(args, where.cwd, result);
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
