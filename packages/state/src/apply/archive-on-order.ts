import { firstIssue } from '@ralph/protocol/contract/first-issue';
import type { InputLine } from '@ralph/protocol/cli/input';
import { badLine } from '@ralph/protocol/contract/bad-line';
import { ORDERS } from '@ralph/protocol/contract/events';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import { QueueStore } from '../store/queue-store.ts';
import type { WriteLock } from '../store/write-lock.ts';

/**
 * Moves a task to the done file in the folder that an order names, as `ralph-state task archive` does: whoever lands one
 * task after another is spared the start of a program for each. That folder needs no lock of its own, since its sender
 * has it for itself.
 *
 * @param lock ours, which keeps two orders from the same files
 * @throws Failure `bad_line`, `task_not_found`, `queue_invalid`, `queue_corrupt`, `disk_full`, `permission` or `io`
 */
export async function archiveOnOrder(lock: WriteLock, line: InputLine): Promise<void> {
  const order = firstIssue(ORDERS['task.archive'], line.record);
  if (!order.success) throw badLine(line.number, `task.archive: ${describeIssue(order.error)}`);
  const { task_id: id, attempt, repo, followups } = order.data;
  const proposed = followups === undefined ? [] : [{ sourceId: id, attempt, tasks: followups }];
  await new QueueStore(repo).archive(lock, { id, now: new Date(), proposed });
}
