import { statSync } from 'node:fs';

/** Tells whether something other than a plain file stands where one is to be written, behind links; `false` where nobody can look. */
export function isTaken(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  } catch {
    return false;
  }
}
