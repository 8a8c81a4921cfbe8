import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfFile } from './read-open-file.ts';

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})\n$/;

/** What holds a commit is shorter. */
const LONGEST_BYTES = 65;

/**
 * Returns the commit of a ref that stands in a file of its own, which is what git itself would say. Nothing where git has
 * to be asked: when it stands with others, leads to another ref, or refs are kept in another way.
 *
 * @param ref `HEAD` or a full name
 */
export function commitInFile(gitDir: string, ref: string): string | undefined {
  const path = join(gitDir, ref);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size > LONGEST_BYTES) return undefined;
  try {
    return COMMIT.exec(bytesOfFile(path).toString('latin1'))?.[1];
  } catch {
    // Moved on in the meantime.
    return undefined;
  }
}
