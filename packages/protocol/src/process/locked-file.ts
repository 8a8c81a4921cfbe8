import { closeSync, constants, linkSync, openSync, rmSync } from 'node:fs';
import { asIoFailure } from '../contract/failure.ts';
import { writeWhole } from './write-whole.ts';
import { nextFilePath } from './next-file.ts';

/** What link(2) says on a file system that has no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Makes a file that is whole and locked from the first instant at which others can see it: ralph-core takes a held and
 * empty lock file for a fatal error. It is written and locked under another name and then linked to its own. Where
 * there are no hard links it is made in place, and not locked.
 *
 * @param lock locks a descriptor that nobody else can have locked
 * @returns the locked descriptor, or nothing when the file is there by now but not locked by us
 * @throws Failure `disk_full`, `permission` or `io`; nothing is left behind then
 */
export async function makeLockedFile(
  path: string,
  content: Uint8Array,
  flags: number,
  lock: (fd: number) => Promise<void>,
): Promise<number | undefined> {
  const draft = nextFilePath(path);
  let fd: number | undefined;
  try {
    fd = createWith(draft, content, flags);
    await lock(fd);
    linkSync(draft, path);
    const whole = fd;
    fd = undefined;
    return whole;
  } catch (error) {
    const { code = '', syscall } = error as NodeJS.ErrnoException;
    if (syscall === 'link' && NO_LINKS.has(code)) makeInPlace(path, content);
    // ENOENT: a holder sweeps what killed makers left, and has taken ours for one of those.
    else if (code !== 'EEXIST' && code !== 'ENOENT') throw asIoFailure(error, `make the lock file ${path}`);
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
    dropDraft(draft);
  }
}

/** What cannot be removed now is swept by whoever holds the lock next: the file that was made is not to be lost for it. */
function dropDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // See above.
  }
}

function createWith(path: string, content: Uint8Array, flags: number): number {
  const { O_RDWR, O_CREAT, O_EXCL } = constants;
  const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | flags, 0o666);
  try {
    writeWhole(fd, content);
    return fd;
  } catch (error) {
    closeSync(fd);
    rmSync(path, { force: true });
    throw error;
  }
}

function makeInPlace(path: string, content: Uint8Array): void {
  try {
    closeSync(createWith(path, content, 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw asIoFailure(error, `make the lock file ${path}`);
  }
}
