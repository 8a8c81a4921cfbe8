import { readdirSync } from 'node:fs';
import { asIoFailure } from '../contract/failure.ts';

/**
 * Returns the names in a folder; none when there is no such folder.
 *
 * @throws Failure `permission`, `io`
 */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw asIoFailure(error, `read ${folder}`);
  }
}
