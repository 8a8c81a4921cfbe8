import { lockRecord, type LockRecord } from '@ralph/protocol/contract/lock-record';
import { callSibling } from '@ralph/protocol/process/sibling';

/**
 * Returns who holds the loop lock of a repository, as far as ralph-lock can tell; nothing where nobody does.
 *
 * @throws Failure of ralph-lock
 */
export async function loopHolder(root: string, onNote: (line: string) => void): Promise<LockRecord | undefined> {
  const [status = {}] = await callSibling('ralph-lock', ['status', '--repo', root], onNote);
  return status['locked'] === true ? lockRecord.safeParse(status['holder']).data : undefined;
}
