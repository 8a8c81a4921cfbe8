import { git, gitFailed, tryGit } from '@ralph/protocol/process/git';
import { withoutCredentials } from './push-verdict.ts';
import { trackingRef, type Settings } from './settings.ts';
import { transportVerdict } from './transport-verdict.ts';

/** The low-speed limit ends a silent server before this; it is for a large history. */
const FETCH_LIMIT_MS = 600_000;

export type FetchEnd =
  | { readonly kind: 'fetched'; readonly commit: string }
  | { readonly kind: 'missing' | 'auth' | 'network'; readonly words: string };

/**
 * Fetches the target branch of the remote into its tracking ref.
 *
 * @param folder the workspace, or the main worktree
 * @throws Failure `git_failed` when the cause is neither the remote nor the way to it
 */
export async function fetchTarget(settings: Settings, folder: string, signal: AbortSignal): Promise<FetchEnd> {
  const ref = trackingRef(settings);
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    settings.remote.name,
    `+refs/heads/${settings.targetBranch}:${ref}`,
  ];
  const result = await tryGit(args, { cwd: folder, signal, limitMs: FETCH_LIMIT_MS });
  if (result.exitCode === 0)
    return { kind: 'fetched', commit: (await git(['rev-parse', ref], { cwd: folder })).trim() };
  const words = withoutCredentials(result.stderr.trim().split('\n').slice(0, 3).join(' / '));
  if (/couldn't find remote ref/.test(result.stderr)) return { kind: 'missing', words };
  if (result.exitCode === null) return { kind: 'network', words: words || 'git fetch was cut off' };
  const verdict = transportVerdict(result.stderr);
  if (verdict === undefined) throw gitFailed(args, folder, result);
  return { kind: verdict, words };
}

/** Tells whether a commit is part of another's history. A commit that is not known here is not. */
export async function isAncestor(folder: string, commit: string, of: string): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', commit, of];
  const result = await tryGit(args, { cwd: folder });
  if (result.exitCode === 0) return true;
  if (result.exitCode === 1 || /Not a valid (?:commit|object) name/.test(result.stderr)) return false;
  throw gitFailed(args, folder, result);
}
