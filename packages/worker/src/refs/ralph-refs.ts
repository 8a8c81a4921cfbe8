import { git, gitFailed, tryGit } from '@ralph/protocol/process/git';
import { baseRef } from '@ralph/protocol/contract/paths';
import { loopOf, type Repository } from '@ralph/protocol/process/repository';
import { dropConfig } from '../workspace/own-config.ts';
import { gitSettings } from '../workspace/git-settings.ts';
import { refsInFiles, type FoundRef } from './ref-files.ts';

export interface RalphRef {
  readonly ref: string;
  readonly commit: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly at: string;
}

// Several of us may change refs at the same moment; git waits only a tenth of a second by itself.
const PATIENT = gitSettings({ 'core.filesRefLockTimeout': '10000', 'core.packedRefsTimeout': '10000' });

/** Lists refs of ours in the user's repository, by prefix. */
export async function listRefs(repoRoot: string, ...prefixes: readonly string[]): Promise<RalphRef[]> {
  const format = '%(refname)%09%(objectname)%09%(committerdate:iso-strict)%09%(contents:subject)';
  const text = await git(['for-each-ref', '--sort=refname', `--format=${format}`, ...prefixes], { cwd: repoRoot });
  return text.split('\n').flatMap((line) => {
    const [ref = '', commit = '', at = '', ...subject] = line.split('\t');
    return ref === '' ? [] : [{ ref, commit, at, subject: subject.join('\t') }];
  });
}

/**
 * Returns what refs of ours in the user's repository name, without a git where their files say it.
 *
 * @param names refs, or folders of refs, which end with a slash and hold no other folder
 */
export async function namedRefs(repo: Required<Repository>, names: readonly string[]): Promise<readonly FoundRef[]> {
  return refsInFiles(repo.gitDir, names) ?? (await listRefs(repo.root, ...names));
}

/** Lists the attempt and salvage refs of one task. */
export function refsOfTask(repoRoot: string, taskId: string): Promise<RalphRef[]> {
  return listRefs(repoRoot, ...prefixesOfTask(taskId));
}

/** Returns where the attempt and salvage refs of one task are. */
export function prefixesOfTask(taskId: string): readonly [string, string] {
  return [`refs/ralph/attempts/${taskId}/`, `refs/ralph/salvage/${taskId}/`];
}

/**
 * Makes a ref that must not exist yet; returns false when it exists.
 *
 * @throws Failure `git_failed` when it could not be made for another reason
 */
export async function createRef(repoRoot: string, ref: string, commit: string): Promise<boolean> {
  const args = ['update-ref', ref, commit, '0'.repeat(commit.length)];
  const result = await tryGit(args, { cwd: repoRoot, env: PATIENT });
  if (result.exitCode === 0) return true;
  const existing = await tryGit(['rev-parse', '-q', '--verify', ref], { cwd: repoRoot });
  if (existing.exitCode === 0) return false;
  throw gitFailed(args, repoRoot, result);
}

/** Sets a ref, whatever it was. */
export async function setRef(repoRoot: string, ref: string, commit: string): Promise<void> {
  await git(['update-ref', ref, commit], { cwd: repoRoot, env: PATIENT });
}

/** Removes a ref that still has a commit; one that has another stays, and so does one that git cannot remove. */
export async function dropRef(repoRoot: string, ref: string, commit: string): Promise<void> {
  await tryGit(['update-ref', '-d', ref, commit], { cwd: repoRoot, env: PATIENT });
}

/** Lets go what is kept for a living workspace: its base commit, and its settings. That there is none is no error. */
export async function dropBaseRef(repoRoot: string, taskId: string): Promise<void> {
  dropConfig(repoRoot, taskId);
  await git(['update-ref', '-d', baseRef(taskId, loopOf(repoRoot)?.name)], { cwd: repoRoot, env: PATIENT });
}

/**
 * Brings a commit of a workspace, named by a ref or by its id, with everything that it needs, under a ref of the user's repository.
 *
 * @throws Failure `git_failed`; also when the ref holds something that would be lost and `replace` is not set
 */
export async function bringIn(
  repoRoot: string,
  from: { readonly path: string; readonly ref: string },
  to: { readonly ref: string; readonly replace: boolean },
): Promise<void> {
  const refspec = `${to.replace ? '+' : ''}${from.ref}:${to.ref}`;
  const args = [
    // The older ones bring in nothing that no ref names.
    '-c',
    'protocol.version=2',
    'fetch',
    '-q',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--refmap=',
    from.path,
    refspec,
  ];
  await git(args, { cwd: repoRoot, env: PATIENT, limitMs: 600_000 });
}
