import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { loopBranch } from '@ralph/protocol/contract/loop-name';
import { salvageRef } from '@ralph/protocol/contract/paths';
import { git, tryGit, type GitOptions } from '@ralph/protocol/process/git';
import type { Repository } from '@ralph/protocol/process/repository';
import { attemptOfRef } from '../refs/attempt-number.ts';
import { createRef, refsOfTask } from '../refs/ralph-refs.ts';
import { treesThrough } from '../salvage/edit-trees.ts';
import { identityOrOurs } from '../site/identity.ts';
import { unsavedGitlink } from '../work/gitlinks.ts';
import { openNestedRepositories } from '../work/nested-repositories.ts';
import { commitAt, inWorkspace } from '../workspace/workspace-git.ts';
import { headsOnOrigin, loopHead } from './loop-branch.ts';

export interface SalvagedLoop {
  readonly ref: string;
  readonly commit: string;
}

/** Under which name the work of a loop is kept, as that of a task is under its id. */
export function salvageName(name: string): string {
  return `loop-${name}`;
}

/**
 * Puts everything that a loop's worktree and branch hold and nobody else has under a salvage ref: commits that origin
 * has not, staged edits, edits and new files that git does not ignore.
 *
 * @param path nothing when the worktree is gone: its branch is left
 * @returns nothing when there was nothing to keep
 * @throws Failure `workspace_dirty` when a repository inside holds what cannot be kept, or what of git
 */
export async function salvageLoop(
  repo: Required<Repository>,
  name: string,
  path: string | undefined,
): Promise<SalvagedLoop | undefined> {
  const head = path === undefined ? undefined : await commitAt(path, 'HEAD');
  const tips = await unsavedCommits(repo.root, [...(head === undefined ? [] : [head]), loopHead(name)]);
  const edits = path === undefined ? [] : await editCommits(repo, { name, path, head });
  const [tip] = tips;
  if (edits.length === 0 && tip === undefined) return undefined;
  const kept =
    edits.length === 0 && tips.length === 1 && tip !== undefined ? tip : await joined(repo, name, edits, tips);
  return park(repo.root, name, kept);
}

/** Commits that no branch of origin has; each by its newest. */
async function unsavedCommits(root: string, names: readonly string[]): Promise<string[]> {
  const commits: string[] = [];
  for (const name of names) {
    const { exitCode, stdout } = await tryGit(['rev-parse', '-q', '--verify', `${name}^{commit}`], { cwd: root });
    if (exitCode === 0) commits.push(stdout.trim());
  }
  const tips = [...new Set(commits)];
  if (tips.length === 0) return [];
  // Without an answer of origin, what is not known to be there is kept.
  const there = await headsOnOrigin(root).catch(() => new Map<string, string>());
  const input = [...tips, ...[...there.values()].map((commit) => `^${commit}`)].join('\n');
  const listed = await git(['rev-list', '--ignore-missing', '--stdin'], { cwd: root, input: `${input}\n` });
  const unsaved = new Set(listed.split('\n'));
  const left = tips.filter((tip) => unsaved.has(tip));
  if (left.length < 2) return left;
  const independent = await git(['merge-base', '--independent', ...left], { cwd: root });
  return independent.split('\n').filter((line) => line !== '');
}

interface Worktree {
  readonly name: string;
  readonly path: string;
  readonly head: string | undefined;
}

/** The files as a commit on HEAD, and before it the index where that differs from both. */
async function editCommits(repo: Required<Repository>, { name, path, head }: Worktree): Promise<string[]> {
  const unsaved = await unsavedGitlink(path, head);
  if (unsaved !== undefined) {
    throw new Failure('workspace_dirty', `the worktree ${path} holds what cannot be kept: ${unsaved}`, {
      hint: 'push or discard it there, and run it again',
    });
  }
  await openNestedRepositories(inWorkspace(path));
  const scratch = mkdtempSync(join(repo.gitDir, 'ralph', 'salvage-'));
  try {
    const index = join(scratch, 'index');
    const where = inWorkspace(path, { env: { GIT_INDEX_FILE: index } });
    const own = (await git(['rev-parse', '--path-format=absolute', '--git-path', 'index'], { cwd: path })).trim();
    const { files, staged, edited } = await treesThrough({ where, index }, own, head);
    if (!edited) return [];
    const trees = staged === undefined ? [files] : [staged, files];
    return await Promise.all(
      trees.map((tree) => commitTree({ cwd: repo.root }, tree, head === undefined ? [] : [head], name)),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** One commit from which all of it is reached; its files are those of the worktree, or of the newest commit. */
async function joined(
  { root }: Required<Repository>,
  name: string,
  edits: readonly string[],
  tips: readonly string[],
): Promise<string> {
  const last = edits.at(-1) ?? tips[0] ?? '';
  if (edits.length === 1 && tips.length === 0) return last;
  const tree = (await git(['rev-parse', `${last}^{tree}`], { cwd: root })).trim();
  return commitTree({ cwd: root }, tree, [...new Set([last, ...edits, ...tips])], name);
}

async function commitTree(where: GitOptions, tree: string, parents: readonly string[], name: string): Promise<string> {
  const env = await identityOrOurs(where);
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
  const input = `kept of the second loop ${name}\n\nits worktree was removed; its branch was ${loopBranch(name)}\n`;
  return (await git(args, { ...where, env, input })).trim();
}

async function park(root: string, name: string, commit: string): Promise<SalvagedLoop> {
  const taken = (await refsOfTask(root, salvageName(name))).flatMap(({ ref, commit: kept }) => {
    const number = attemptOfRef(ref);
    return number === undefined ? [] : [{ ref, number, kept }];
  });
  const same = taken.find(({ kept }) => kept === commit);
  if (same !== undefined) return { ref: same.ref, commit };
  for (let number = Math.max(0, ...taken.map((one) => one.number)) + 1; ; number += 1) {
    const ref = salvageRef(salvageName(name), number);
    if (await createRef(root, ref, commit)) return { ref, commit };
  }
}
