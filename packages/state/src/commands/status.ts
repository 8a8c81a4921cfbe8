import type { Call, Result } from '@ralph/protocol/cli/program';
import { findRepository } from '@ralph/protocol/process/repository';
import type { NO_OPTIONS } from '../options.ts';
import { gatherFacts } from '../status/gather-facts.ts';
import { statusOf } from '../status/status-document.ts';
import { statusText } from '../status/status-text.ts';

/** `ralph-state status`: how things stand and what to type next; status 0 whatever it says. */
export async function run(call: Call<typeof NO_OPTIONS>): Promise<Result> {
  const facts = await gatherFacts(findRepository(call.args.repo).root);
  const { document, groups } = statusOf(facts);
  return { record: document, text: statusText(document, groups, facts) };
}
