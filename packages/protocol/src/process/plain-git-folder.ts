import { lstatSync, readdirSync, readlinkSync, rmSync, writeFileSync, type Dirent } from 'node:fs';
import { within, type BytePath } from './byte-path.ts';

/** What git only reads there, or what is none of its own: links in them lead no write of ours anywhere. */
const LEFT_ALONE = new Set(['hooks', 'lfs', 'annex']);
const OBJECTS = 'objects';

/**
 * Takes everything out of a git folder that is neither a file nor a folder. Git makes no such thing there, and writes
 * through a link: into a file of the user's when the log of a branch, the last message or the index leads there; at a
 * pipe it would wait. HEAD is put back as a file where it was a link to a branch, as git once had it. Real paths only:
 * the folder itself is no link.
 */
export function makePlain(gitDir: BytePath): void {
  const head = within(gitDir, 'HEAD');
  const branch = isLink(head) ? readlinkSync(head) : '';
  removeOdd(gitDir, '');
  if (/^refs\/heads\/[\w./-]+$/.test(branch) && !branch.includes('..')) writeFileSync(head, `ref: ${branch}\n`);
}

function removeOdd(folder: BytePath, name: string): void {
  for (const entry of entriesOf(folder)) {
    const path = within(folder, entry.name);
    const own = entry.name.toString('latin1');
    if (entry.isDirectory()) {
      if (!isLeftAlone(name, own)) removeOdd(path, own);
    } else if (!entry.isFile()) rmSync(path, { force: true });
  }
}

/** The objects themselves are too many to look at, and git never writes one that is there. */
function isLeftAlone(parent: string, name: string): boolean {
  return parent === OBJECTS ? /^[0-9a-f]{2}$/.test(name) : LEFT_ALONE.has(name);
}

function entriesOf(folder: BytePath): Dirent<Buffer>[] {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch {
    // Gone, or git may not read it either.
    return [];
  }
}

function isLink(path: BytePath): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
