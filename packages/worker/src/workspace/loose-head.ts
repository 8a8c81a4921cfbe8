import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { commitInFile } from '@ralph/protocol/process/loose-ref';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

/**
 * Returns the commit that HEAD of a workspace names, read from the files in which git keeps it; nothing where they do not say
 * it plainly, and then git is to be asked. To be called when its git folder is a plain one. Whether there is such a commit is
 * not looked at.
 */
export function looseHead(workspace: string): string | undefined {
  const dotGit = join(workspace, '.git');
  // Another store of refs has its own HEAD.
  if (lstatSync(join(dotGit, 'reftable'), { throwIfNoEntry: false }) !== undefined) return undefined;
  const head = textOf(join(dotGit, 'HEAD'));
  const branch = /^ref: (refs\/heads\/[\w./-]+)\n$/.exec(head)?.[1];
  return branch?.includes('..') === true ? undefined : commitInFile(dotGit, branch ?? 'HEAD');
}

function textOf(path: string): string {
  try {
    return readTextIfPresent(path) ?? '';
  } catch {
    // Git has its own words for it.
    return '';
  }
}
