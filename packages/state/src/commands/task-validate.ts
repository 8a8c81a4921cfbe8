import type { Call, Result } from '@ralph/protocol/cli/program';
import { printable } from '@ralph/protocol/cli/printable';
import { findRepository } from '@ralph/protocol/process/repository';
import { readMended } from '../queue/board.ts';
import { QueueStore } from '../store/queue-store.ts';
import type { NO_OPTIONS } from '../options.ts';
import { placed, problemText, requireValid } from '../queue/placed-problems.ts';
import { findProblems } from '../queue/queue-validation.ts';
import { findWarnings } from '../queue/queue-warnings.ts';

/** `ralph-state task validate`: names every problem on stderr, and what should be known though it stops nothing. */
export async function run(call: Call<typeof NO_OPTIONS>): Promise<Result> {
  const { queue, done } = await readMended(new QueueStore(findRepository(call.args.repo).root), call.stop.signal);
  for (const warning of await placed(findWarnings(queue.tasks, done.tasks), queue, done)) {
    call.output.note(printable(`ralph-state: warning: ${problemText(warning)}`));
  }
  const [, ...others] = await placed(findProblems(queue.tasks, done.tasks), queue, done);
  for (const problem of others) call.output.note(printable(`ralph-state: ${problemText(problem)}`));
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
