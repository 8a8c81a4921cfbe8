import type { Call, Result } from '@ralph/protocol/cli/program';
import { findRepository } from '@ralph/protocol/process/repository';
import { readMended } from '../queue/board.ts';
import type { NO_OPTIONS } from '../options.ts';
import { placedProblems, requireValid } from '../queue/queue-validation.ts';

/** `ralph-state task validate`: names every problem on stderr. */
export async function run(call: Call<typeof NO_OPTIONS>): Promise<Result> {
  const { queue, done } = await readMended(findRepository(call.args.repo).root, call.stop.signal);
  const [, ...others] = await placedProblems(queue, done);
  for (const { path, line, id, message } of others)
    call.output.note(`ralph-state: ${path}:${line ?? 1}: ${id}: ${message}`);
  await requireValid(queue, done);
  return {
    record: {
      valid: true,
      queue_path: queue.path,
      done_path: done.path,
      queued: queue.tasks.length,
      done: done.tasks.length,
    },
    text: `valid: ${queue.tasks.length} in the queue, ${done.tasks.length} done\n`,
  };
}
