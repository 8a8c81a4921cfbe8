import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { pidNamespace } from '@ralph/protocol/process/pid-namespace';
import { isAlive } from '@ralph/protocol/process/process-identity';
import { ownLine } from '@ralph/protocol/process/process-list';
import { TREE_MARK } from '@ralph/protocol/process/carried-sign';
import { commandName, possessionOf } from './kernel-locks.ts';
import type { LockView } from './look-at-lock.ts';

/**
 * Tells whether a lock is held by somebody who waits for us to end, so that to wait for it would never end: an ancestor
 * that wrote the record, or for which a coprocess holds it, or a flock(1) that runs its command. A shell that holds it
 * on a descriptor of its own may let it go at any time, and is none.
 */
export function isHeldByFamily({ holder, key }: LockView): boolean {
  const line = new Set(ownLine());
  line.delete(process.pid);
  if (holder !== null) return isFamily(holder, line);
  return key !== undefined && [...line].some((pid) => commandName(pid) === 'flock' && possessionOf(pid, key) === 'has');
}

function isFamily(holder: LockRecord, line: ReadonlySet<number>): boolean {
  const { pid, owner, boot_id = '' } = holder;
  const here = process.platform === 'linux' && holder.pid_namespace === pidNamespace();
  // Where the numbers of the holder mean nothing to us, the mark that it gave to its command tells.
  if (!here && holder.token !== undefined) return carriesOwnMark(markOf(holder));
  if (line.has(pid)) return true;
  return owner !== undefined && line.has(owner.pid) && isAlive({ ...owner, boot_id });
}

/** Returns the mark by which the processes of a command are found that runs under a lock. */
export function markOf({ token = '', pid }: Pick<LockRecord, 'token' | 'pid'>): string {
  return `${token}.${pid.toString(16)}`;
}

/** Tells whether we run under the lock that a mark belongs to. */
export function carriesOwnMark(mark: string): boolean {
  return (process.env[TREE_MARK] ?? '').split(',').includes(mark);
}
