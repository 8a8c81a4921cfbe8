import type { Call, Result } from '@ralph/protocol/cli/program';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { askAgain, type Asked } from '../status/ask-again.ts';
import type { RETRY_OPTIONS } from '../status/status-options.ts';

/** `ralph-orchestrate retry ID…`: asks for tasks again, each from the commits that are kept of it unless told otherwise. */
export async function run({ args, operands, output }: Call<typeof RETRY_OPTIONS>): Promise<Result> {
  const { root: repo } = findGitRepository(args.repo);
  const ids = [...new Set(operands)];
  const { asked, next } = await askAgain({ repo, ids, fresh: args.fresh, onNote: (line) => output.note(line) });
  return { records: asked, text: `${asked.map(words).join('')}next: ${next}\n` };
}

function words({ task_id: id, lifecycle, continues }: Asked): string {
  if (continues) return `${id} is asked for again: it goes on from its kept commits, without another agent\n`;
  const why = lifecycle === 'failed' ? 'nothing of a failed attempt is continued' : 'what is kept of it stays kept';
  return `${id} is asked for again: a new attempt by a new agent; ${why}\n`;
}
