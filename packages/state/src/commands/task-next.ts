import type { Call, Result } from '@ralph/protocol/cli/program';
import { findRepository } from '@ralph/protocol/process/repository';
import { selectFromDisk, workLine } from '../queue/board.ts';
import type { TASK_NEXT_OPTIONS } from '../options.ts';

/** `ralph-state task next`: the task that would be started next, or nothing. */
export async function run(call: Call<typeof TASK_NEXT_OPTIONS>): Promise<Result> {
  const { root } = findRepository(call.args.repo);
  const request = { includeDraft: call.args['include-draft'], busy: new Set(call.args.exclude) };
  const { runnable, state } = await selectFromDisk(root, call.stop.signal, request);
  const [task] = runnable;
  return task === undefined ? {} : { record: workLine(state, task), text: `${task.id}  ${task.title}\n` };
}
