import type { Output } from '@ralph/protocol/cli/output';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { pidNamespace } from '@ralph/protocol/process/pid-namespace';
import { endMembers } from '@ralph/protocol/process/end-members';
import { bootId, isAlive } from '@ralph/protocol/process/process-identity';
import { livingMembers } from '@ralph/protocol/process/tree-members';
import { carriesOwnMark, markOf } from './own-family.ts';

/**
 * Ends what is left of the command of a holder that was killed, before the next one runs: it went on without the lock.
 * A watcher does so at once as a rule, but it may have been killed as well. Processes are known by the mark that the
 * dead holder gave to them, never by a number. A command that was given the lock is left alone, and so is everything of a
 * holder in another container.
 */
export async function endLeftovers(before: LockRecord | undefined, output: Output): Promise<void> {
  if (before?.state !== 'held' || before.token === undefined || before.inherited === true) return;
  // Only where its number means something can it be known to be dead.
  if (before.boot_id !== bootId() || before.pid_namespace !== pidNamespace()) return;
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
