import { readFileSync, statSync } from 'node:fs';
import { isAlive } from '@ralph/protocol/process/process-identity';
import { readRecord } from './lock-record.ts';

/**
 * Tells whether a lock file is held, without taking it: from the kernel's own table, and where there is none, from the
 * record and the life of the process it names.
 */
export function isHeld(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (file === undefined) return false;
  const table = kernelTable();
  if (table !== undefined) return table.split('\n').some((line) => isLockOn(line, file.dev, file.ino));
  const record = readRecord(path);
  if (record === undefined || record.state === 'released') return false;
  return isAlive({ pid: record.pid, start_time: record.process_start ?? '', boot_id: record.boot_id ?? '' });
}

function kernelTable(): string | undefined {
  try {
    return readFileSync('/proc/locks', 'utf8');
  } catch {
    return undefined;
  }
}

/** A line such as `2: FLOCK  ADVISORY  WRITE 411 08:01:1835085 0 EOF`; `->` marks one that only waits. */
function isLockOn(line: string, device: bigint, inode: bigint): boolean {
  const [, kind, , , , where] = line.trim().split(/\s+/);
  if (kind !== 'FLOCK' || where === undefined) return false;
  const [major, minor, number] = where.split(':');
  const sameDevice = BigInt(`0x${major}`) === majorOf(device) && BigInt(`0x${minor}`) === minorOf(device);
  return sameDevice && BigInt(number ?? -1) === inode;
}

function majorOf(device: bigint): bigint {
  return ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn & 0xffffffffn);
}

function minorOf(device: bigint): bigint {
  return (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
}
