import { constants, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kindAt } from '../site/workspace-path.ts';
import { runTool } from '../site/run-tool.ts';
import type { ShareMethod } from './setup-plan.ts';

/** How much of a command line the names of one `cp` may take. */
const NAMES_PER_CALL = 500;

/** Tells whether files of a folder can be cloned there, sharing their blocks until one of them is written. */
export function canClone(folder: string): boolean {
  const [one, other] = [join(folder, `.probe.${process.pid}`), join(folder, `.probe.${process.pid}.clone`)];
  try {
    writeFileSync(one, 'x');
    copyFileSync(one, other, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(one, { force: true });
    rmSync(other, { force: true });
  }
}

/**
 * Copies files and folders, by their paths relative to one folder, to the same paths in another. Symlinks stay as they
 * are, and none that is in the way is followed.
 *
 * @returns whether all of them are there now
 */
export async function copyPaths(
  paths: readonly string[],
  way: { readonly from: string; readonly to: string; readonly method: ShareMethod; readonly signal: AbortSignal },
): Promise<boolean> {
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    if (leadsThroughLink(way.to, folder)) return false;
    const inside = paths.filter((path) => dirname(path) === folder);
    mkdirSync(join(way.to, folder), { recursive: true });
    for (let first = 0; first < inside.length; first += NAMES_PER_CALL) {
      const names = inside.slice(first, first + NAMES_PER_CALL).map((path) => `./${path.replace(/\/$/, '')}`);
      const args = [...copyFlags(way.method), '--', ...names, `${join(way.to, folder)}/`];
      if (!(await runTool('cp', args, { cwd: way.from, signal: way.signal })).isWell) return false;
    }
  }
  return true;
}

function leadsThroughLink(root: string, folder: string): boolean {
  const names = folder.split('/');
  return names.some((_, index) => kindAt(join(root, ...names.slice(0, index + 1))) === 'link');
}

function copyFlags(method: ShareMethod): string[] {
  const isMac = process.platform === 'darwin';
  switch (method) {
    case 'clone':
      return isMac ? ['-cpR'] : ['-a', '--reflink=always'];
    case 'link':
      return isMac ? ['-lpR'] : ['-al'];
    case 'copy':
      return isMac ? ['-pR'] : ['-a', '--reflink=never'];
  }
}
