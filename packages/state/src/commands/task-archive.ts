import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { findRepository } from '@ralph/protocol/process/repository';
import type { TASK_ARCHIVE_OPTIONS } from '../options.ts';
import type { FollowUps } from '../queue/follow-ups.ts';
import { QueueStore } from '../store/queue-store.ts';
import { withWriteLock } from '../store/write-lock.ts';

/**
 * `ralph-state task archive ID`: moves a task to the done file and prints it as it stands there, and the follow-ups that
 * were added with it.
 */
export async function run(call: Call<typeof TASK_ARCHIVE_OPTIONS>): Promise<Result> {
  const [id = ''] = call.operands;
  const { root } = findRepository(call.args.repo);
  const store = new QueueStore(root);
  const proposed = await proposalFor(call, id);
  if (call.stop.signal.aborted) return {};
  const { record, added } = await withWriteLock(root, call.stop.signal, (lock) =>
    store.archive(lock, { id, now: new Date(), proposed }),
  );
  if (proposed.length === 0) return { record, text: `${record.id} is in the done file\n` };
  const { addedText } = await import('../queue/added-text.ts');
  return {
    records: [record, ...added],
    text: `${record.id} is in the done file\n${added.map(addedText).join('')}`,
  };
}

async function proposalFor(call: Call<typeof TASK_ARCHIVE_OPTIONS>, sourceId: string): Promise<FollowUps[]> {
  const { followups: isAsked, attempt } = call.args;
  if (!isAsked) {
    if (attempt !== undefined) throw usageFailure(call.program, '--attempt goes with --followups');
    return [];
  }
  if (process.stdin.isTTY) throw usageFailure(call.program, '--followups needs a proposal on stdin');
  const { readProposal } = await import('../queue/read-proposal.ts');
  const found: FollowUps[] = [];
  for await (const line of call.input.lines()) {
    if (found.length > 0) throw usageFailure(call.program, '--followups takes one proposal');
    found.push({ sourceId, attempt: attempt ?? 1, tasks: readProposal(line, sourceId) });
  }
  if (found.length === 0 && !call.stop.signal.aborted) {
    throw usageFailure(call.program, '--followups found no proposal on stdin');
  }
  return found;
}
