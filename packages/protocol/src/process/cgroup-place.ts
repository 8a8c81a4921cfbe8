/**
 * Returns the folder of our own control group in the version 2 hierarchy, from what /proc/self/mountinfo and
 * /proc/self/cgroup say; nothing where that hierarchy is not mounted or does not show our group.
 */
export function ownGroupFolder(mountinfo: string, membership: string): string | undefined {
  const own = /^0::(\/.*)$/m.exec(membership)?.[1];
  if (own === undefined) return undefined;
  for (const { root, point } of groupMounts(mountinfo)) {
    const below = root === '/' ? own : own === root || own.startsWith(`${root}/`) ? own.slice(root.length) : undefined;
    // A group outside of our namespace is shown as one above its root.
    if (below !== undefined && !below.split('/').includes('..')) return `${point}${below}`.replace(/\/+$/, '');
  }
  return undefined;
}

function groupMounts(mountinfo: string): { readonly root: string; readonly point: string }[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, point] = before.split(' ');
    if (!after.startsWith('cgroup2 ') || root === undefined || point === undefined) return [];
    return [{ root: unescaped(root), point: unescaped(point) }];
  });
}

/** The kernel writes blanks and backslashes of a path as three octal digits. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

const NAME = /^ralph-(\d+)-(\d+)-[0-9a-f]{16}$/;

/** Returns the name of the group that holds the groups of a process's trees; it tells who made it. */
export function nameOfGroup(pid: number, startTime: string, mark: string): string {
  return `ralph-${pid}-${startTime}-${mark}`;
}

/** Returns who made a group of ours, by its name; nothing for a group of others. */
export function makerOfGroup(name: string): { readonly pid: number; readonly startTime: string } | undefined {
  const [, pid, startTime] = NAME.exec(name) ?? [];
  return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime };
}

/** Tells whether a path, as a file names it, can be that of the group which we made for the tree with this mark. */
export function isGroupOfTree(path: string, mark: string): boolean {
  const [maker = '', name] = path.split('/').slice(-2);
  const [first = '', second] = mark.split('.');
  return (
    path.startsWith('/') &&
    !path.split('/').includes('..') &&
    makerOfGroup(maker) !== undefined &&
    maker.endsWith(`-${first}`) &&
    name === second
  );
}
