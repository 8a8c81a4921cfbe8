import type { Call, Result } from '@ralph/protocol/cli/program';
import { findGitRepository } from '@ralph/protocol/process/repository';
import type { TRUST_OPTIONS } from '../options.ts';
import { readTrust } from '../site/trust.ts';

/** `ralph-worker trust`: whether `.ralph/trust.jsonc` is the user's own and allows commands. Changes nothing. */
export async function run(call: Call<typeof TRUST_OPTIONS>): Promise<Result> {
  const { root } = findGitRepository(call.args.repo);
  const { path, trusted, reason } = await readTrust(root);
  const text = trusted ? 'the configuration of this repository may run commands' : `no: ${reason ?? ''}`;
  return { record: { trusted, path, ...(reason === undefined ? {} : { reason }) }, text: `${text}\n` };
}
