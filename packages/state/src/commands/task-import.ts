import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { findRepository } from '@ralph/protocol/process/repository';
import type { NO_OPTIONS } from '../options.ts';
import { addedText } from '../queue/added-text.ts';
import { newTask, type NewTask } from '../queue/new-task.ts';
import { addTasks } from '../queue/task-adding.ts';

/** `ralph-state task import`: adds every task of stdin in one write, or none. */
export async function run(call: Call<typeof NO_OPTIONS>): Promise<Result> {
  const { root } = findRepository(call.args.repo);
  if (process.stdin.isTTY) throw usageFailure(call.program, 'task import needs tasks on stdin');
  const added: NewTask[] = [];
  for await (const line of call.input.lines()) added.push(newTask(line.record, line.number));
  // A stop ends the reading as the end of stdin does: what has come until then is not all.
  if (call.stop.signal.aborted) return {};
  if (added.length === 0) throw usageFailure(call.program, 'task import found no task on stdin');
  const records = await addTasks(root, call.stop.signal, added);
  return { records, text: records.map(addedText).join('') };
}
