import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { findRepository } from '@ralph/protocol/process/repository';
import type { TASK_ADD_OPTIONS } from '../options.ts';
import { addedText } from '../queue/added-text.ts';
import { newTask } from '../queue/new-task.ts';
import { addTasks } from '../queue/task-adding.ts';

/** `ralph-state task add`: adds one task, or one per line of stdin, and prints each as it stands in the queue. */
export async function run(call: Call<typeof TASK_ADD_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const { root } = findRepository(args.repo);
  if (args.title !== undefined) {
    const records = await addTasks(root, stop.signal, [newTask(fieldsOf(args, args.title), 0)]);
    return { records, text: records.map(addedText).join('') };
  }
  if (Object.keys(fieldsOf(args, '')).length > 1) {
    throw usageFailure(
      call.program,
      '--description, --priority, --depends-on, --agent, --model and --draft go with --title',
    );
  }
  if (process.stdin.isTTY) throw usageFailure(call.program, 'task add needs --title, or tasks on stdin');
  let count = 0;
  for await (const line of call.input.lines()) {
    for (const added of await addTasks(root, stop.signal, [newTask(line.record, line.number)])) {
      if (output.format === 'table') await output.write(addedText(added));
      else await output.record(added);
    }
    count += 1;
  }
  if (count === 0 && !stop.signal.aborted) throw usageFailure(call.program, 'task add found no task on stdin');
  return {};
}

/** Returns the fields that options ask for, besides the title. */
function fieldsOf(args: Call<typeof TASK_ADD_OPTIONS>['args'], title: string): Record<string, unknown> {
  const { description, priority, draft, 'depends-on': dependsOn, agent: runner, model } = args;
  const agent = { ...(runner === undefined ? {} : { runner }), ...(model === undefined ? {} : { model }) };
  return {
    title,
    ...(draft ? { status: 'draft' } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(agent).length === 0 ? {} : { agent }),
    ...(dependsOn.length === 0 ? {} : { depends_on: [...dependsOn] }),
  };
}
