import { lstatSync } from 'node:fs';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { findRepository } from '@ralph/protocol/process/repository';
import type { TASK_INIT_OPTIONS } from '../options.ts';
import { EMPTY_QUEUE } from '../queue/empty-queue.ts';
import { parseQueue } from '../store/queue-document.ts';
import { QueueStore } from '../store/queue-store.ts';
import { withWriteLock } from '../store/write-lock.ts';

/** `ralph-state task init`: makes an empty queue where there is none; one that is there is never touched. */
export async function run(call: Call<typeof TASK_INIT_OPTIONS>): Promise<Result> {
  const { args, stop } = call;
  const { root } = findRepository(args.repo);
  const store = new QueueStore(root);
  const path = store.texts().queue.path;
  const isThere = () => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  const told = (action: string, words: string): Result => ({ record: { path, action }, text: `${path}: ${words}\n` });
  if (isThere()) return told('exists', 'is there already');
  if (args['dry-run']) return told('would_create', 'would be made');
  return withWriteLock(root, stop.signal, async (lock) => {
    if (isThere()) return told('exists', 'is there already');
    await store.replace(lock, await parseQueue(EMPTY_QUEUE, path));
    return told('created', 'made, without a task');
  });
}
