import { statSync, type BigIntStats } from 'node:fs';

/** Returns what tells the content of a file from an earlier and a later one at the same path. */
export function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/** Returns the stamp of the file at a path; nothing when there is none, or when nobody can tell. */
export function fileStamp(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
    return stats === undefined ? undefined : stampOf(stats);
  } catch {
    return undefined;
  }
}
