import { closeSync, openSync, readFileSync, statSync } from 'node:fs';

/** By what the kernel's own tables name a file; numbers of stat(2) differ from these on overlay, btrfs and others. */
export interface LockFileKey {
  /** `MAJOR:MINOR` in two hexadecimal digits each, as in /proc/locks. */
  readonly device: string;
  readonly inode: string;
  /** Whether these are the kernel's numbers for certain, and not those of stat(2). */
  readonly exact: boolean;
  /** As in `mount -t`, such as `ext4` or `nfs4`; nothing when it is not known. */
  readonly fileSystem?: string;
  readonly mountOptions?: string;
}

/** Opens a file only to ask about it, which needs no right to read it; Linux has it, and Node's table has not. */
const O_PATH = 0x200000;

interface Mount {
  readonly device: string;
  readonly fileSystem: string;
  readonly options: string;
}

/**
 * Returns the key of a lock file, or nothing when there is no such file.
 *
 * @throws an error of the system when the folder may not be searched
 */
export function lockFileKey(path: string): LockFileKey | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return undefined;
  const { mountId, inode = String(stat.ino) } = descriptorInfo(path);
  const mount = mountId === undefined ? undefined : findMount(mountInfo(), mountId);
  if (mount === undefined) return { device: deviceName(majorOf(stat.dev), minorOf(stat.dev)), inode, exact: false };
  const [major = '', minor = ''] = mount.device.split(':');
  return {
    device: deviceName(BigInt(major), BigInt(minor)),
    inode,
    exact: true,
    fileSystem: mount.fileSystem,
    mountOptions: mount.options,
  };
}

/** Returns a mount by its id from the text of /proc/self/mountinfo. */
export function findMount(mountInfo: string, id: string): Mount | undefined {
  const line = mountInfo.split('\n').find((one) => one.startsWith(`${id} `));
  const [before = '', after] = line?.split(' - ', 2) ?? [];
  if (after === undefined) return undefined;
  const [fileSystem = '', , options = ''] = after.split(' ');
  return { device: before.split(' ')[2] ?? '', fileSystem, options };
}

/** What the kernel says of a descriptor on the file; nothing where it cannot be opened or there is no /proc. */
function descriptorInfo(path: string): { mountId?: string | undefined; inode?: string | undefined } {
  let fd: number | undefined;
  try {
    fd = openSync(path, O_PATH);
    const text = readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1');
    return { mountId: /^mnt_id:\s*(\d+)$/m.exec(text)?.[1], inode: /^ino:\s*(\d+)$/m.exec(text)?.[1] };
  } catch {
    return {};
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function mountInfo(): string {
  return readFileSync('/proc/self/mountinfo', 'utf8');
}

function deviceName(major: bigint, minor: bigint): string {
  return [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':');
}

function majorOf(device: bigint): bigint {
  return ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn & 0xffffffffn);
}

function minorOf(device: bigint): bigint {
  return (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
}
