import { Failure } from '@ralph/protocol/contract/failure';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { tryGit } from '@ralph/protocol/process/git';
import { shownUrl, type Remote } from '../site/remote.ts';
import { ASK_LIMIT_MS } from '../site/remote-commit.ts';
import { pushVerdict, refusalWords, type PushVerdict } from './push-verdict.ts';

/** Whether the remote would take a push, as far as it tells without one. */
export type PushRights = 'allowed' | 'unknown';

/** What the end of a push that was not meant says about rights; a rival's push in between changes nothing of them. */
export function rightsOf(verdict: PushVerdict): PushRights | 'push_auth' | 'push_denied' {
  switch (verdict) {
    case 'ok':
    case 'race':
      return 'allowed';
    case 'auth':
      return 'push_auth';
    case 'policy':
      return 'push_denied';
    case 'lock_left':
    case 'network':
    case 'local':
    case 'unknown':
      return 'unknown';
  }
}

/**
 * Asks the remote whether it would let us push the commit that the branch is at. The receiving side is opened, so that
 * missing rights show; no ref is moved, and no hook runs, there or here, so that what a hook refuses does not show.
 *
 * @throws Failure `push_auth` or `push_denied` when it would not
 */
export async function pushRights(
  root: string,
  remote: Remote,
  branch: string,
  commit: string,
  limitMs = ASK_LIMIT_MS,
): Promise<PushRights> {
  const order = ['--no-verify', '--no-recurse-submodules', remote.pushUrl, `${commit}:refs/heads/${branch}`];
  const args = ['-c', 'push.followTags=false', 'push', '--dry-run', '--porcelain', ...order];
  const result = await tryGit(args, { cwd: root, limitMs });
  const rights = rightsOf(pushVerdict(result));
  if (rights === 'allowed' || rights === 'unknown') return rights;
  throw new Failure(
    rights,
    `${remote.name} (${shownUrl(remote.pushUrl)}) would refuse a push to ${branch}: ${refusalWords(result)}`,
    {
      hint: commandLine(['git', '-C', root, 'push', '--dry-run', remote.name, `${commit}:refs/heads/${branch}`]),
      details: { push: 'refused' },
    },
  );
}
