import type { Call, Result } from '@ralph/protocol/cli/program';
import { findRepository } from '@ralph/protocol/process/repository';
import type { NO_OPTIONS } from '../options.ts';
import { QueueStore } from '../store/queue-store.ts';
import { withWriteLock } from '../store/write-lock.ts';

/** `ralph-state task archive ID`: moves a task to the done file and prints it as it stands there. */
export async function run(call: Call<typeof NO_OPTIONS>): Promise<Result> {
  const [id = ''] = call.operands;
  const { root } = findRepository(call.args.repo);
  const store = new QueueStore(root);
  const record = await withWriteLock(root, call.stop.signal, (lock) => store.archive(lock, id, new Date()));
  return { record, text: `${record.id} is in the done file\n` };
}
