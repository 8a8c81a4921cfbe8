import type { Call } from '@ralph/protocol/cli/program';
import type { SANDBOX_OPTIONS } from '@ralph/protocol/cli/sandbox-options';
import { findGitRepository } from '@ralph/protocol/process/repository';
import type { SandboxRequest } from '@ralph/protocol/process/sandbox-wishes';
import { usualFolder } from './usual-folder.ts';

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
  const repo = findGitRepository(args.repo);
  return { program, args, repo, workspaceRoot: usualFolder(repo.root), note: (text) => output.note(text) };
}
