import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { identityOf } from '@ralph/protocol/process/process-identity';
import type { QueueLock } from './facts.ts';
import { parseLockOwner } from './queue-lock-owner.ts';

/**
 * Looks at the directory lock of ralph-agent-loop (reference: part A16), and touches nothing. A lock of a single task
 * has no file `owner`, but one for itself; then any of those that lives makes it live.
 *
 * @returns nothing when there is no lock
 */
export function readQueueLock(root: string): QueueLock | undefined {
  const path = join(root, '.ralph/lock');
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  let names: string[];
  try {
    names = readdirSync(path);
  } catch {
    return { path, condition: 'unreadable' };
  }
  const owners = names.includes('owner') ? ['owner'] : names.filter((name) => name.startsWith('owner_task_'));
  const locks = owners.toSorted().map((name) => ownedLock(path, join(path, name)));
  return locks.find(({ condition }) => condition === 'live') ?? locks[0] ?? { path, condition: 'missing' };
}

function ownedLock(path: string, file: string): QueueLock {
  const owner = parseLockOwner(textOf(file));
  if (owner === undefined) return { path, condition: 'unreadable' };
  const { pid, startedAt, command, label } = owner;
  return {
    path,
    condition: isLiving(pid) ? 'live' : 'stale',
    pid,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(command === undefined ? {} : { command }),
    ...(label === undefined ? {} : { label }),
  };
}

function textOf(file: string): string {
  try {
    return readTextIfPresent(file) ?? '';
  } catch {
    return '';
  }
}

/** A zombie does not live; a process of somebody else that is hidden from us does. */
function isLiving(pid: number): boolean {
  if (identityOf(pid) !== undefined) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
