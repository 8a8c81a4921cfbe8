import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { findRepository } from '@ralph/protocol/process/repository';
import { addTask } from '../task-adding.ts';
import type { TASK_ADD_OPTIONS } from '../options.ts';

/** `ralph-state task add`: adds one task, or one per line of stdin, and prints each as it stands in the queue. */
export async function run(call: Call<typeof TASK_ADD_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const { root } = findRepository(args.repo);
  if (args.title !== undefined) return { records: [await addTask(root, stop.signal, { title: args.title }, 0)] };
  if (process.stdin.isTTY) throw usageFailure(call.program, 'task add needs --title, or tasks on stdin');
  let added = 0;
  for await (const line of call.input.lines()) {
    await output.record(await addTask(root, stop.signal, line.record, line.number));
    added += 1;
  }
  if (added === 0 && !stop.signal.aborted) throw usageFailure(call.program, 'task add found no task on stdin');
  return {};
}
