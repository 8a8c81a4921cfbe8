import type { Call, Result } from '@ralph/protocol/cli/program';
import type { Failure } from '@ralph/protocol/contract/failure';
import { findRepository } from '@ralph/protocol/process/repository';
import { answerLine, ApplySession } from '../apply/apply-session.ts';
import { lineBatches } from '../apply/line-batches.ts';
import { Refusals } from '../apply/refusals.ts';
import type { APPLY_OPTIONS } from '../options.ts';

/**
 * `ralph-state apply`: folds stdin into the state file. Lines that arrive together share one write. With `--answer` it
 * is a coprocess that answers each line and goes on after a refusal. Without, a step that cannot be true ends it; a
 * stale attempt, or a queue that cannot be read, does not, and is told by the status at the end.
 */
export async function run(call: Call<typeof APPLY_OPTIONS>): Promise<Result> {
  const { args, output } = call;
  const session = new ApplySession(findRepository(args.repo));
  call.cleanup.defer('let other writers in', () => session.end());
  const stopAt = (failure: Failure) => !args.answer && failure.code === 'illegal_transition';
  const refusals = new Refusals((message) => output.note(`ralph-state: ${message}`));
  let applied = 0;
  let ignored = 0;
  for await (const batch of lineBatches(call.input.lines())) {
    refusals.tell();
    const { answers, failure } = await session.apply(batch, stopAt);
    for (const answer of answers) {
      if (answer.ok && answer.changed) applied += 1;
      else ignored += 1;
      if (args.answer) await output.record(answerLine(answer));
      else if (!answer.ok && answer.failure !== failure) refusals.add(answer.failure);
    }
    if (failure === undefined) continue;
    refusals.tell();
    throw failure;
  }
  if (args.answer) return {};
  const worst = refusals.end();
  const record = { revision: await session.revision(), applied, ignored };
  if (worst === undefined) return { record };
  await output.record(record);
  throw worst;
}
