import type { Call } from '@ralph/protocol/cli/program';
import type { SANDBOX_OPTIONS } from '@ralph/protocol/cli/sandbox-options';
import type { SandboxRequest } from '@ralph/protocol/process/sandbox-wishes';
import type { Site } from './site.ts';

/** Returns what is asked for when what runs in the workspaces of a site is to be locked in. */
export function sandboxRequest(
  { program, args, output }: Pick<Call<typeof SANDBOX_OPTIONS>, 'program' | 'args' | 'output'>,
  { repo, root }: Site,
): SandboxRequest {
  return { program, args, repo, workspaceRoot: root, note: (text) => output.note(text) };
}
