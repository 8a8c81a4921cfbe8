import type { Call } from '@ralph/protocol/cli/program';
import { requireIdentity } from './identity.ts';
import { lfsWarning } from './lfs.ts';
import { requireSigning } from './signing.ts';
import type { Site } from './site.ts';
import type { ConfigEntry } from '../workspace/config-list.ts';

/**
 * Makes sure, before any agent is started, that its work could be committed here and that a workspace holds what the
 * main worktree does; tells on stderr where that is not quite so.
 *
 * @throws Failure `identity_missing`, `workspace_unsupported`
 */
export async function requireSupported(
  { program, output }: Pick<Call, 'program' | 'output'>,
  { repo }: Site,
  localConfig: readonly ConfigEntry[],
): Promise<void> {
  await requireIdentity({ cwd: repo.root });
  await requireSigning(repo, localConfig);
  const warning = await lfsWarning(repo.root);
  if (warning !== undefined) output.note(`${program}: warning: ${warning}`);
}
