import { commandLine } from '../cli/shell-words.ts';
import { Failure } from '../contract/failure.ts';
import type { RecordedTree } from '../contract/tree-record.ts';
import { endStrays } from './end-strays.ts';
import { readGateRecord, removeGateRecord, sweepGateRecord } from './gate-record.ts';
import { removeTreeGroup } from './tree-group.ts';

/**
 * Ends what is left of the gates that are written down for a task, wherever they work and whether their workspace is
 * still there, and forgets them. To be called by the holder of the task's claim: nobody judges by
 * them any more, be it that he is gone or that he could not end them.
 *
 * @returns those of which anything was alive
 * @throws Failure `claim_held` when one could not be ended: nothing may be tested or removed under a living gate
 */
export async function endLeftGates(repoRoot: string, taskId: string): Promise<RecordedTree[]> {
  const record = readGateRecord(repoRoot, taskId);
  const ended: RecordedTree[] = [];
  for (const gate of record?.gates ?? []) {
    const { found, left } = await endStrays(record?.workspace_path ?? '', gate);
    if (left) throw notEnded(taskId, gate);
    if (gate.cgroup !== undefined) removeTreeGroup(gate.cgroup);
    if (found) ended.push(gate);
  }
  removeGateRecord(repoRoot, taskId);
  sweepGateRecord(repoRoot, taskId);
  return ended;
}

function notEnded(taskId: string, { pid, attempt }: RecordedTree): Failure {
  return new Failure('claim_held', `a gate of attempt ${attempt} at ${taskId} lives and cannot be ended`, {
    hint: `${commandLine(['ps', '-fp', String(pid)])}  # whose it is; end it, then run this again`,
    taskId,
  });
}
