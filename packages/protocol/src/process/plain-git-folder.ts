import { lstatSync, readdirSync, readlinkSync, rmSync, writeFileSync, type Dirent } from 'node:fs';
import { within, type BytePath } from './byte-path.ts';

/** What git only reads there, or what is none of its own: links in them lead no write of ours anywhere. */
const LEFT_ALONE = new Set(['hooks', 'lfs', 'annex']);

/**
 * Takes everything out of a git folder that is neither a file nor a folder. Git makes no such thing there, and writes
 * through a link: into a file of the user's when the log of a branch, the last message or the index leads there; at a
 * pipe it would wait. HEAD is put back as a file where it was a link to a branch, as git once had it. Real paths only:
 * the folder itself is no link.
 */
export function makePlain(gitDir: BytePath): void {
  const head = within(gitDir, 'HEAD');
  const branch = isLink(head) ? readlinkSync(head) : '';
  removeOdd(gitDir);
  if (/^refs\/heads\/[\w./-]+$/.test(branch) && !branch.includes('..')) writeFileSync(head, `ref: ${branch}\n`);
}

function removeOdd(folder: BytePath): void {
  for (const entry of entriesOf(folder)) {
    const path = within(folder, entry.name);
    if (entry.isDirectory()) {
      if (!LEFT_ALONE.has(entry.name.toString('latin1'))) removeOdd(path);
    } else if (!entry.isFile()) rmSync(path, { force: true });
  }
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
