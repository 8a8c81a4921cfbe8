import { git } from '@ralph/protocol/process/git';

const LOCAL_FETCH = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--refmap='];

/**
 * Brings a commit of a workspace into the main repository.
 *
 * @param what `ref`: what is to hold it there, whatever it held before; without one nothing does
 * @throws Failure `git_failed`
 */
export async function keepCommit(
  root: string,
  workspace: string,
  { commit, ref }: { readonly commit: string; readonly ref?: string },
): Promise<void> {
  await git([...LOCAL_FETCH, workspace, ref === undefined ? commit : `+${commit}:${ref}`], { cwd: root });
}
