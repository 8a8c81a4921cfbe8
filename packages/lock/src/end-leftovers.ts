import type { Output } from '@ralph/protocol/cli/output';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { endMembers } from '@ralph/protocol/process/end-members';
import { bootId, isAlive } from '@ralph/protocol/process/process-identity';
import { livingMembers } from '@ralph/protocol/process/tree-members';
import { carriesOwnMark, markOf } from './own-family.ts';

/**
 * Ends what is left of the command of a holder that was killed, before the next one runs: it went on without the lock.
 * A watcher does so at once as a rule, but it may have been killed as well. Processes are known by the mark that the
 * dead holder gave to them, never by a number.
 */
export async function endLeftovers(before: LockRecord | undefined, output: Output): Promise<void> {
  if (before?.state !== 'held' || before.token === undefined || before.boot_id !== bootId()) return;
  const { pid, start_time = '', boot_id } = before;
  if (isAlive({ pid, start_time, boot_id })) return;
  const mark = markOf({ token: before.token, pid });
  // Then we are part of it, and whoever started us is another part.
  if (carriesOwnMark(mark)) return;
  const left = livingMembers({ mark });
  if (left.length === 0) return;
  const pids = left.map((member) => member.pid).join(', ');
  output.note(`ralph-lock: ending what was left of the command of pid ${pid}, which was killed: ${pids}`);
  await endMembers({ mark }, 'SIGTERM');
}
