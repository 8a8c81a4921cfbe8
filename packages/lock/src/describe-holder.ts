import { hostname } from 'node:os';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { printable } from '@ralph/protocol/cli/printable';
import type { LockView } from './look-at-lock.ts';

/** Returns who holds a lock, since when and for what, as the end of a sentence: `pid 41 since … (make release)`. */
export function describeHolder({ holder, keepers }: Pick<LockView, 'holder' | 'keepers'>): string {
  if (holder !== null) return `${who(holder)} since ${oneLine(holder.started)} (${oneLine(holder.prompt)})`;
  if (keepers.length === 0) return 'a process that left no record';
  const names = keepers.map(({ pid, command }) => `pid ${pid} (${oneLine(command)})`);
  return `${names.join(', ')}, which left no record`;
}

function who({ pid, host }: LockRecord): string {
  return host === undefined || host === hostname() ? `pid ${pid}` : `pid ${pid} on ${oneLine(host)}`;
}

function oneLine(text: string): string {
  return printable(text).replaceAll('\n', ' ');
}
