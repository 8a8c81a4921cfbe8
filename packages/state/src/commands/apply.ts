import type { Call, Result } from '@ralph/protocol/cli/program';
import type { Failure } from '@ralph/protocol/contract/failure';
import { findRepository } from '@ralph/protocol/process/repository';
import { answerLine, ApplySession, type Answer } from '../apply/apply-session.ts';
import { lineBatches } from '../apply/line-batches.ts';
import type { APPLY_OPTIONS } from '../options.ts';

/**
 * `ralph-state apply`: folds stdin into the state file. Lines that arrive together share one write. With `--answer` it
 * is a coprocess that answers each line and goes on after a refusal; without, a step that cannot be true ends it.
 */
export async function run(call: Call<typeof APPLY_OPTIONS>): Promise<Result> {
  const { args, output } = call;
  const session = new ApplySession(findRepository(args.repo));
  call.cleanup.defer('let other writers in', () => session.end());
  const stopAt = (failure: Failure) => !args.answer && failure.code === 'illegal_transition';
  let applied = 0;
  let ignored = 0;
  let unfinished: Failure | undefined;
  for await (const batch of lineBatches(call.input.lines())) {
    const { answers, failure } = await session.apply(batch, stopAt);
    for (const answer of answers) {
      if (answer.ok && answer.changed) applied += 1;
      else ignored += 1;
      if (args.answer) await output.record(answerLine(answer));
      else unfinished ??= noteRefusal(answer, (text) => output.note(`ralph-state: ${text}`));
    }
    if (failure !== undefined) throw failure;
  }
  if (unfinished !== undefined) throw unfinished;
  return args.answer ? {} : { record: { revision: await session.revision(), applied, ignored } };
}

/** Tells a person of a refusal; returns it when it must not end in status 0. A stale attempt is no fault. */
function noteRefusal(answer: Answer, note: (text: string) => void): Failure | undefined {
  if (answer.ok || answer.failure.code === 'illegal_transition') return undefined;
  note(answer.failure.message);
  return answer.failure.code === 'fenced' ? undefined : answer.failure;
}
