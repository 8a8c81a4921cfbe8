import { unlinkSync } from 'node:fs';

/** Removes a file or a symlink; that there is none is no error. What Node has for it looks at the path twice before. */
export function dropFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
}
