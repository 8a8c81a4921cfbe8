import { statfsSync } from 'node:fs';
import { lockFileKey, type LockFileKey } from './lock-file-key.ts';

/** How far flock(2) reaches on a file system that several machines may share. */
export type LockReach = 'machine' | 'server' | 'not_known';

interface NetworkFileSystem {
  readonly fileSystem: string;
  readonly reach: LockReach;
}

/** Those that pass flock(2) on to all machines, or to none unless a mount option says otherwise. */
const REACH: Readonly<Record<string, LockReach>> = {
  nfs: 'server',
  nfs4: 'server',
  cifs: 'server',
  smb3: 'server',
  ceph: 'server',
  gfs2: 'server',
  ocfs2: 'server',
  gpfs: 'server',
  beegfs: 'not_known',
  lustre: 'not_known',
  afs: 'not_known',
  '9p': 'machine',
  virtiofs: 'not_known',
  'fuse.sshfs': 'machine',
  vboxsf: 'machine',
  prl_fs: 'machine',
};

/** Mount options that keep flock(2) on the machine. */
const LOCAL_OPTIONS = ['nolock', 'local_lock=flock', 'local_lock=all', 'nobrl', 'localflock'];

/**
 * Tells whether a lock file lies on a file system that other machines may use at the same time, and how far a lock
 * reaches there; nothing for a file system of this machine alone. From nfs(5), mount.cifs(8), mount.lustre(8), sshfs(1)
 * and the kernel's documentation of 9p.
 */
export function networkFileSystem(
  key: Pick<LockFileKey, 'fileSystem' | 'mountOptions'>,
): NetworkFileSystem | undefined {
  const { fileSystem = '', mountOptions = '' } = key;
  const options = mountOptions.split(',');
  const reach =
    REACH[fileSystem] ?? (/^fuse\.(?!.*(?:overlay|mergerfs|bindfs))/.test(fileSystem) ? 'not_known' : undefined);
  if (reach === undefined) return undefined;
  if (LOCAL_OPTIONS.some((option) => options.includes(option))) return { fileSystem, reach: 'machine' };
  if (fileSystem === 'lustre' && options.includes('flock')) return { fileSystem, reach: 'server' };
  return { fileSystem, reach };
}

/** Returns what a person must know of a lock on such a file system, in one line. */
export function networkWarning({ fileSystem, reach }: NetworkFileSystem): string {
  switch (reach) {
    case 'machine':
      return `the lock file is on ${fileSystem}, where a lock holds on this machine only`;
    case 'server':
      return `the lock file is on ${fileSystem}, where a lock between machines is only as good as its server`;
    case 'not_known':
      return `the lock file is on ${fileSystem}, which may not pass a lock on to other machines`;
  }
}

/** Numbers of statfs(2) for file systems of one machine: ext, xfs, btrfs, tmpfs, overlay, zfs, f2fs, bcachefs. */
const LOCAL_TYPES = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0xca451a4e,
]);

/** Returns the warning for a lock file where it needs one. Most are seen to need none by one call of the system. */
export function networkWarningFor(path: string): string | undefined {
  try {
    if (process.platform !== 'linux' || LOCAL_TYPES.has(statfsSync(path).type)) return undefined;
    const key = lockFileKey(path);
    const network = key === undefined ? undefined : networkFileSystem(key);
    return network === undefined ? undefined : networkWarning(network);
  } catch {
    // Not to know is no reason to fail: the lock is held.
    return undefined;
  }
}
