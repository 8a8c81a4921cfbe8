import type { Call, Result } from '@ralph/protocol/cli/program';
import type { Task } from '@ralph/protocol/contract/task';
import { findRepository } from '@ralph/protocol/process/repository';
import { selectFromDisk, workLine } from '../queue/board.ts';
import type { TASK_LIST_OPTIONS } from '../options.ts';
import { QueueStore } from '../store/queue-store.ts';

/** `ralph-state task list`: the queue as it stands, or what could start now in the order of selection. */
export async function run(call: Call<typeof TASK_LIST_OPTIONS>): Promise<Result> {
  const { root } = findRepository(call.args.repo);
  const includeDraft = call.args['include-draft'];
  const records = call.args.runnable ? await runnable(root, call.stop.signal, includeDraft) : await queued(root);
  return {
    records,
    columns: {
      task: (row: Task) => row.id,
      status: (row: Task) => row.status ?? 'todo',
      'depends on': (row: Task) => (row.depends_on ?? []).join(' '),
      title: (row: Task) => row.title,
    },
  };
}

async function runnable(root: string, signal: AbortSignal, includeDraft: boolean): Promise<readonly Task[]> {
  const selection = await selectFromDisk(root, signal, { includeDraft });
  return Array.from(selection.runnable, (task) => workLine(selection.state, task));
}

async function queued(root: string): Promise<readonly Task[]> {
  const { queue } = await new QueueStore(root).read();
  return queue.tasks;
}
