import { describe, expect, it } from 'vitest';
import { isGroupOfTree, makerOfGroup, nameOfGroup, ownGroupFolder } from '../../src/process/cgroup-place.ts';

const HYBRID = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu',
  '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
].join('\n');

describe('ownGroupFolder', () => {
  it.each([
    ['the root of a hybrid hierarchy', HYBRID, '1:cpu:/x\n0::/\n', '/sys/fs/cgroup/unified'],
    ['a group below it', HYBRID, '0::/user.slice/a b.scope\n', '/sys/fs/cgroup/unified/user.slice/a b.scope'],
    ['a mount with blanks in its path', '1 2 0:3 / /a\\040b rw - cgroup2 none rw', '0::/x', '/a b/x'],
    ['a mount that shows a part', '1 2 0:3 /box /cg rw shared:9 - cgroup2 none rw', '0::/box/x', '/cg/x'],
    ['a group outside of what is shown', '1 2 0:3 /box /cg rw - cgroup2 none rw', '0::/boxes', undefined],
    ['a group above our namespace', HYBRID, '0::/../x', undefined],
    ['version 1 alone', HYBRID.replaceAll('cgroup2', 'cgroup'), '1:cpu:/\n', undefined],
  ])('finds %s', (_, mountinfo, membership, folder) => {
    expect(ownGroupFolder(mountinfo, membership)).toBe(folder);
  });
});

describe('names of groups', () => {
  const mark = '0123456789abcdef';

  it('tell who made them', () => {
    expect(makerOfGroup(nameOfGroup(12, '345', mark))).toEqual({ pid: 12, startTime: '345' });
    expect(makerOfGroup('system.slice')).toBeUndefined();
  });

  it('are only taken for those of a tree when they carry its mark', () => {
    const path = `/sys/fs/cgroup/${nameOfGroup(12, '345', mark)}/89abcdef`;
    const taken = [path, `/sys/fs/cgroup/../cgroup${path}`, '/sys/fs/cgroup', `${path}/x`, path.slice(1)].map((one) =>
      isGroupOfTree(one, `${mark}.89abcdef`),
    );
    expect(taken).toEqual([true, false, false, false, false]);
    expect(isGroupOfTree(path, `${mark}.00000000`)).toBe(false);
  });
});
