import { nextFilePath } from '../process/next-file.ts';

/** Above what Linux gives to any process. */
const NOBODY = 2 ** 22 + 1;

/** Returns the path of what a writer of a file that was killed has left beside it. */
export function leftHalf(path: string): string {
  return nextFilePath(path).replace(`.${process.pid}.`, `.${NOBODY}.`);
}
