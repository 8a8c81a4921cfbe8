import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import type { Task } from '@ralph/protocol/contract/task';
import { findRepository } from '@ralph/protocol/process/repository';
import { addTask } from '../queue/task-adding.ts';
import type { TASK_ADD_OPTIONS } from '../options.ts';

/** `ralph-state task add`: adds one task, or one per line of stdin, and prints each as it stands in the queue. */
export async function run(call: Call<typeof TASK_ADD_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const { root } = findRepository(args.repo);
  if (args.title !== undefined) {
    const added = await addTask(root, stop.signal, { title: args.title }, 0);
    return { records: [added], text: words(added) };
  }
  if (process.stdin.isTTY) throw usageFailure(call.program, 'task add needs --title, or tasks on stdin');
  let count = 0;
  for await (const line of call.input.lines()) {
    const added = await addTask(root, stop.signal, line.record, line.number);
    if (output.format === 'table') await output.write(words(added));
    else await output.record(added);
    count += 1;
  }
  if (count === 0 && !stop.signal.aborted) throw usageFailure(call.program, 'task add found no task on stdin');
  return {};
}

function words({ id, title }: Task): string {
  return `added ${id}: ${title}\n`;
}
