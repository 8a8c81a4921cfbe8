import { git, gitFailed, tryGit } from '@ralph/protocol/process/git';
import { pause } from '../candidate/backoff.ts';
import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import type { Bench } from '../site/bench.ts';
import { trackingRef, type Settings } from '../site/settings.ts';
import { transportVerdict } from './transport-verdict.ts';
import { removeLeftLock } from '../workspace/left-ref-locks.ts';
import { commitInFile } from '@ralph/protocol/process/loose-ref';
import type { Workspace } from '../workspace/workspace.ts';
import { borrowsFrom } from '../workspace/workspace-marker.ts';
import { git as workspaceGit, tryGit as tryWorkspaceGit } from '../workspace/workspace-git.ts';
import { gitFolderOf } from '../site/git-folder.ts';

/** Between two folders of this machine; it is for a large history. */
const FETCH_LIMIT_MS = 600_000;

export type FetchEnd =
  | { readonly kind: 'fetched'; readonly commit: string }
  | { readonly kind: 'missing' | 'auth' | 'network'; readonly words: string };

/** A rival, such as the user's own fetch, moves the same ref for a moment only; what stays longer may be left over. */
const LOCKED_TRIES = 25;
const TRIES_OF_A_RIVAL = 5;
const LOCKED_PAUSE_MS = 200;

/**
 * Asks the remote for the target branch, into the tracking ref of the main repository. Never from a workspace, whose
 * configuration an agent may have changed.
 *
 * @throws Failure `git_failed` when the cause is neither the remote nor the way to it
 */
export async function fetchTarget(settings: Settings, signal: AbortSignal): Promise<FetchEnd> {
  const { root, remote, targetBranch, pushTimeoutMs: limitMs } = settings;
  const ref = trackingRef(settings);
  const args = [
    '-c',
    // A remote may have an address for pushes only.
    `remote.${remote.name}.url=${remote.fetchUrl}`,
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    remote.name,
    `+refs/heads/${targetBranch}:${ref}`,
  ];
  const options = { cwd: root, signal, limitMs };
  let result = await tryGit(args, options);
  for (let tries = 1; tries < LOCKED_TRIES && /cannot lock ref/.test(result.stderr); tries += 1) {
    await pause(LOCKED_PAUSE_MS, signal);
    if (tries >= TRIES_OF_A_RIVAL) removeLeftLock(root, ref);
    if (signal.aborted) break;
    result = await tryGit(args, options);
  }
  if (result.exitCode === 0) {
    const gitDir = gitFolderOf(root);
    return {
      kind: 'fetched',
      commit: commitInFile(gitDir, ref) ?? (await git(['rev-parse', ref], { cwd: root })).trim(),
    };
  }
  const words = withoutCredentials(result.stderr.trim().split('\n').slice(0, 3).join(' / '));
  if (/couldn't find remote ref/.test(result.stderr)) return { kind: 'missing', words };
  if (result.exitCode === null) return { kind: 'network', words: words || 'git fetch was cut off' };
  const verdict = transportVerdict(result.stderr);
  if (verdict === undefined) throw gitFailed(args.slice(2), root, result);
  return { kind: verdict, words };
}

/** Makes a commit of the target branch, which the main repository has, known in a workspace too. */
export async function bringTarget(settings: Settings, workspace: Workspace, commit: string): Promise<void> {
  const ref = trackingRef(settings);
  await bringCommit(settings.root, workspace, commit, ref);
}

/** Lets a commit be asked for by its name, also when the ref that held it has just gone. */
const ANY_COMMIT = '--upload-pack=git -c uploadpack.allowAnySHA1InWant=true upload-pack';

/** Makes a commit of the main repository known in a workspace, under a ref. */
export async function bringCommit(
  root: string,
  { path, gitDir }: Workspace,
  commit: string,
  ref: string,
): Promise<void> {
  // Where objects of its own may be all it has, a commit can be there without its files: a fetch that was killed leaves it so.
  if (borrowsFrom(root, gitDir)) {
    if (commitInFile(gitDir, ref) === commit) return;
    // Git refuses what is not there.
    const told = await tryWorkspaceGit(['update-ref', '--no-deref', ref, commit], { cwd: path });
    if (told.exitCode === 0) return;
  }
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--update-shallow',
    '--refmap=',
    ANY_COMMIT,
  ];
  await workspaceGit([...args, root, `+${commit}:${ref}`], { cwd: path, limitMs: FETCH_LIMIT_MS });
}

/** Tells whether a commit is part of another's history, or is that one. A commit that is not known here is not. */
export async function isAncestor(folder: string, commit: string, of: string): Promise<boolean> {
  if (commit === of) return true;
  const args = ['merge-base', '--is-ancestor', commit, of];
  const result = await tryGit(args, { cwd: folder });
  if (result.exitCode === 0) return true;
  if (result.exitCode === 1 || /Not a valid (?:commit|object) name/.test(result.stderr)) return false;
  throw gitFailed(args, folder, result);
}

/** Tells the same of two commits of the main repository, and asks git only for what is not known yet. */
export async function isInHistory({ settings, history }: Bench, commit: string, of: string): Promise<boolean> {
  if (history.holds(commit, of)) return true;
  const isThere = await isAncestor(settings.root, commit, of);
  if (isThere) history.learn(commit, of);
  return isThere;
}
