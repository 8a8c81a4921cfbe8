import { createHash } from 'node:crypto';
import { Failure } from '@ralph/protocol/contract/failure';
import { git } from '@ralph/protocol/process/git';
import type { Site } from '../site/site.ts';

/** How the files of a stored set-up get into a workspace. */
export type ShareMethod = 'clone' | 'link' | 'copy';

/** What is done in each fresh workspace before its agent. */
export interface SetupPlan {
  /** For `sh -c`. */
  readonly command: string;
  /** Files of the repository that decide about its result; none when that is not known. */
  readonly keyFiles: readonly string[];
  /** Nothing when results are not shared. */
  readonly share: ShareMethod | undefined;
  /** Whether it is run in a sandbox, out of which no file of it can be a second name for another. */
  readonly boxed: boolean;
  /** Nothing means no limit. */
  readonly timeoutMs: number | undefined;
}

/**
 * Returns what the result of a set-up is known by: the command, the files that decide about it at a commit, the
 * repository and the kind of machine.
 *
 * @throws Failure `setup_failed` when the commit does not have one of the files
 */
export async function setupKey(site: Site, plan: SetupPlan, commit: string): Promise<string> {
  const files = plan.keyFiles.length === 0 ? [] : await contentOf(site.repo.root, plan.keyFiles, commit);
  const form = plan.boxed ? 'boxed' : plan.share === 'link' ? 'linked' : 'apart';
  const known = [plan.command, site.repo.root, process.platform, process.arch, form, files];
  return createHash('sha256').update(JSON.stringify(known)).digest('hex').slice(0, 32);
}

async function contentOf(repoRoot: string, files: readonly string[], commit: string): Promise<string[]> {
  const text = await git(['ls-tree', '-z', '--full-tree', commit, '--', ...files], { cwd: repoRoot });
  const entries = text.split('\0').filter((entry) => entry !== '');
  const found = new Set(entries.map((entry) => entry.slice(entry.indexOf('\t') + 1)));
  const missing = files.find((file) => !found.has(file));
  if (missing === undefined) return entries;
  throw new Failure('setup_failed', `--setup-key ${missing}: commit ${commit.slice(0, 10)} has no such file`, {
    hint: `git ls-tree -r --name-only ${commit}`,
  });
}
