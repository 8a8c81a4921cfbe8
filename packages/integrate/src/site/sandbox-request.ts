import type { Call } from '@ralph/protocol/cli/program';
import type { SANDBOX_OPTIONS } from '@ralph/protocol/cli/sandbox-options';
import { findGitRepository } from '@ralph/protocol/process/repository';
import type { SandboxRequest } from '@ralph/protocol/process/sandbox-wishes';

/**
 * Returns what is asked for when gates and resolvers are to be locked in.
 *
 * @throws Failure `not_a_repository`
 */
export function sandboxRequest({
  program,
  args,
  output,
}: Pick<Call<typeof SANDBOX_OPTIONS>, 'program' | 'args' | 'output'>): SandboxRequest {
  return { program, args, repo: findGitRepository(args.repo), note: (text) => output.note(text) };
}
