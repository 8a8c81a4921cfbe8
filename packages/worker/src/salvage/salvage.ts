import { baseRef, landedRef, salvageRef } from '@ralph/protocol/contract/paths';
import { git, type GitOptions } from '@ralph/protocol/process/git';
import { loopOf } from '@ralph/protocol/process/repository';
import { attemptOfRef } from '../refs/attempt-number.ts';
import { editTrees, filesTree, treeOf } from './edit-trees.ts';
import { holdsNothingOfItsOwn } from './nothing-of-its-own.ts';
import { identityOrOurs } from '../site/identity.ts';
import { openNestedRepositories } from '../work/nested-repositories.ts';
import { bringIn, namedRefs, prefixesOfTask, setRef } from '../refs/ralph-refs.ts';
import type { FoundRef } from '../refs/ref-files.ts';
import type { Site } from '../site/site.ts';
import { removeStaleLocks } from '../removal/stale-locks.ts';
import { salvageGit } from './salvage-git.ts';
import { unsavedTips } from './unsaved-tips.ts';
import { isReadable, mendGitFolder } from '../workspace/own-git-folder.ts';
import { commitAt, inWorkspace } from '../workspace/workspace-git.ts';
import { readMarker } from '../workspace/workspace-marker.ts';

export interface Salvaged {
  readonly ref: string;
  readonly commit: string;
  readonly attempt: number;
}

interface Rescue {
  readonly repo: Site['repo'];
  readonly path: string;
  readonly ref: string;
  readonly message: string;
  /** What an earlier salvage of the same attempt has kept: it must stay reachable. */
  readonly earlier: string | undefined;
  /** Commits of this task that the user's repository keeps already. */
  readonly saved: readonly string[];
}

/**
 * Puts everything that a workspace holds and nobody else has under its salvage ref in the user's repository: commits
 * of every branch, stashes, staged edits, unstaged edits and new files. Returns nothing when there was nothing to
 * keep. To be called when no process works there any more and git may be let in (`settleGit`).
 *
 * @throws Failure `git_failed` when it could not be kept: the workspace must then stay
 */
export async function salvageWorkspace(
  site: Site,
  request: { readonly taskId: string; readonly path: string; readonly reason: string },
): Promise<Salvaged | undefined> {
  const { taskId, path, reason } = request;
  removeStaleLocks(path);
  const base = baseRef(taskId, loopOf(site.repo.root)?.name);
  const landed = landedRef(taskId, 0).slice(0, -1);
  const kept = await namedRefs(site.repo, [...prefixesOfTask(taskId), landed, base]);
  const isLanded = ({ ref }: FoundRef) => ref.startsWith(landed);
  const refs = kept.filter((one) => one.ref !== base && !isLanded(one));
  // The base last: files without their own git folder are compared with it.
  const saved = [...refs, ...kept.filter(isLanded), ...kept.filter((one) => one.ref === base)].map((one) => one.commit);
  if (await holdsNothingOfItsOwn(path, saved)) return undefined;
  const attempt = readMarker(path)?.attempt ?? highestAttempt(refs);
  const ref = salvageRef(taskId, attempt);
  const rescue: Rescue = {
    repo: site.repo,
    path,
    ref,
    message: `${taskId}: kept from attempt ${attempt}\n\n${reason}\n`,
    earlier: refs.find((one) => one.ref === ref)?.commit,
    saved,
  };
  const commit = (await isSound(site, path)) ? await fromWorkspace(rescue) : await fromFiles(rescue);
  return commit === undefined ? undefined : { ref, commit, attempt };
}

function highestAttempt(refs: readonly FoundRef[]): number {
  return Math.max(1, ...refs.flatMap(({ ref }) => attemptOfRef(ref) ?? []));
}

async function isSound(site: Site, path: string): Promise<boolean> {
  if (await isReadable(path)) return true;
  await mendGitFolder(site, path, readMarker(path)?.target_branch ?? 'main');
  return isReadable(path);
}

async function fromWorkspace(rescue: Rescue): Promise<string | undefined> {
  const { repo, path, earlier } = rescue;
  await openNestedRepositories(inWorkspace(path));
  const head = await commitAt(path, 'HEAD');
  const tips = await unsavedTips(path, rescue.saved);
  const { files, staged, edited } = await editTrees(repo, path, head);
  if (tips.length === 0 && !edited) return undefined;
  const [tip] = tips;
  if (!edited && tips.length === 1 && tip !== undefined && earlier === undefined) return park(rescue, tip);
  const where = salvageGit(repo.gitDir, path);
  if (tips.length === 0 && staged === undefined && earlier !== undefined && (await treeOf(where, earlier)) === files)
    return earlier;
  const kept =
    staged === undefined ? [] : [await commitTree(where, staged, head === undefined ? [] : [head], rescue.message)];
  const parents = [head, ...tips, ...kept, earlier].filter((parent) => parent !== undefined);
  return park(rescue, await commitTree(where, files, [...new Set(parents)], rescue.message));
}

async function commitTree(
  where: GitOptions,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const env = { ...where.env, ...(await identityOrOurs(where)) };
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
  return (await git(args, { ...where, env, input: message })).trim();
}

async function park({ repo, path, ref }: Rescue, commit: string): Promise<string> {
  await bringIn(repo.root, { path, ref: commit }, { ref, replace: false });
  return commit;
}

/** The git folder of the workspace is gone or cannot be read: its files are kept all the same, in the user's. */
async function fromFiles({ repo, path, ref, message, earlier, saved }: Rescue): Promise<string | undefined> {
  const parent = earlier ?? saved.at(-1);
  const files = await filesTree(repo, path, parent);
  if (files === undefined) return undefined;
  const commit = await commitTree({ cwd: repo.root }, files, parent === undefined ? [] : [parent], message);
  await setRef(repo.root, ref, commit);
  return commit;
}
