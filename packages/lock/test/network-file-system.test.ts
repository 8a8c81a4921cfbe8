import { describe, expect, it } from 'vitest';
import { findMount } from '../src/lock-file-key.ts';
import { networkFileSystem, networkWarning } from '../src/network-file-system.ts';

const MOUNTS = `24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
31 24 0:27 / /home rw,relatime shared:2 - nfs4 server:/home rw,vers=4.2,hard,local_lock=none,addr=10.0.0.1
32 24 0:28 / /old rw - nfs server:/old rw,vers=3,nolock
33 24 0:29 / /mnt/two\\040words rw,relatime - fuse.sshfs me@host: rw,user_id=0
310 24 0:30 / /x rw - tmpfs tmpfs rw
`;

describe('the mount of a lock file', () => {
  it('is found by its whole id, with its file system and the options of that', () => {
    expect(findMount(MOUNTS, '31')).toEqual({
      device: '0:27',
      fileSystem: 'nfs4',
      options: 'rw,vers=4.2,hard,local_lock=none,addr=10.0.0.1',
    });
    expect(findMount(MOUNTS, '33')?.fileSystem).toBe('fuse.sshfs');
    expect(findMount(MOUNTS, '3')).toBeUndefined();
  });
});

describe('a file system of several machines', () => {
  it.each([
    ['nfs4', 'rw,local_lock=none', 'server'],
    ['nfs', 'rw,nolock', 'machine'],
    ['nfs4', 'rw,local_lock=flock', 'machine'],
    ['cifs', 'rw', 'server'],
    ['cifs', 'rw,nobrl', 'machine'],
    ['fuse.sshfs', 'rw', 'machine'],
    ['fuse.something', 'rw', 'not_known'],
    ['lustre', 'rw,flock', 'server'],
    ['lustre', 'rw,localflock', 'machine'],
    ['9p', 'rw', 'machine'],
  ])('%s (%s): a lock reaches %s', (fileSystem, mountOptions, reach) => {
    const found = networkFileSystem({ fileSystem, mountOptions });
    expect(found).toEqual({ fileSystem, reach });
    expect(found && networkWarning(found)).toContain(`on ${fileSystem}, wh`);
  });

  it.each(['ext4', 'btrfs', 'tmpfs', 'overlay', 'fuse.fuse-overlayfs', undefined])('%s is none', (fileSystem) => {
    expect(
      networkFileSystem({ ...(fileSystem === undefined ? {} : { fileSystem }), mountOptions: 'rw' }),
    ).toBeUndefined();
  });
});
