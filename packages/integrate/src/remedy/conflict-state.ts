import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gitFailed } from '@ralph/protocol/process/git';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { writeRecord } from '../candidate/integration-record.ts';
import type { Job } from '../candidate/job.ts';
import { hasMerges } from '../prepare/combine.ts';
import { filesInConflict, REBASE, REBASE_LIMIT_MS } from '../prepare/rebase.ts';
import { filesWithMarkers } from './markers.ts';
import { putHeadOn, type Workspace } from '../workspace/workspace.ts';
import { git, tryGit } from '../workspace/workspace-git.ts';
import { isRebasing } from '../workspace/workspace-recovery.ts';

/** A conflict that stands in the files of a workspace. */
export interface ConflictState {
  /** Work with merges is not rebased, which would drop what they hold: the target is merged into it. */
  readonly way: 'rebase' | 'merge';
  readonly onto: string;
  readonly tip: string;
  readonly files: readonly string[];
}

export type Continued =
  | { readonly kind: 'done' }
  | { readonly kind: 'conflict'; readonly state: ConflictState }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Begins the rebase or merge of a job anew, from its parked tip, and leaves it where it stops.
 *
 * @returns the conflict; nothing when there is none, and HEAD is on what came out
 * @throws Failure `git_failed`
 */
export async function beginConflict(job: Job, onto: string): Promise<ConflictState | undefined> {
  const { workspace, tip } = job;
  const cwd = workspace.path;
  await writeRecord(workspace, { tip, head: null, pushed: job.pushed });
  await putHeadOn(workspace, tip, job.branch);
  const way = (await hasMerges(workspace, { tip, onto })) ? 'merge' : 'rebase';
  const verb = way === 'rebase' ? [...REBASE, onto] : ['merge', '--quiet', '--no-ff', '--no-verify', '--no-edit', onto];
  const args = [...(await conflictStyle(cwd)), ...verb];
  const result = await tryGit(args, { cwd, limitMs: REBASE_LIMIT_MS });
  if (result.exitCode === 0) return undefined;
  const files = await filesInConflict(workspace);
  if (files.length === 0) throw gitFailed(args.slice(args.indexOf(way)), cwd, result);
  return { way, onto, tip, files };
}

/** Tells whether what was begun is still in progress, whoever has worked on it. */
export function isUnderWay(workspace: Workspace, { way }: ConflictState): boolean {
  return way === 'rebase' ? isRebasing(workspace) : existsSync(join(workspace.gitDir, 'MERGE_HEAD'));
}

/**
 * Goes on with a rebase or merge that `beginConflict` has begun and a resolver has worked on: stages the files and lets
 * git go on, to the end or to the next conflict.
 */
export async function continueConflict(workspace: Workspace, state: ConflictState): Promise<Continued> {
  const cwd = workspace.path;
  if (!isOurs(workspace, state)) return { kind: 'refused', reason: `another ${state.way} is in progress` };
  await stage(workspace);
  const tree = (await git(['write-tree'], { cwd })).trim();
  const marked = await filesWithMarkers(workspace, { sides: [state.onto, state.tip], result: tree });
  if (marked.length > 0) return { kind: 'refused', reason: `conflict markers are left in ${marked.join(', ')}` };
  const step =
    state.way === 'rebase'
      ? [...REBASE.slice(0, REBASE.indexOf('rebase')), 'rebase', '--continue']
      : ['commit', '--quiet', '--no-verify', '--no-edit'];
  const result = await tryGit([...(await conflictStyle(cwd)), ...step], { cwd, limitMs: REBASE_LIMIT_MS });
  const files = await filesInConflict(workspace);
  if (files.length > 0) return { kind: 'conflict', state: { ...state, files } };
  if (result.exitCode === 0 && !isUnderWay(workspace, state)) return { kind: 'done' };
  const words = result.stderr.trim().split('\n').slice(-3).join(' / ');
  return { kind: 'refused', reason: `the ${state.way} does not go on: ${words}` };
}

/** A resolver may have ended ours and begun one of its own. */
function isOurs({ gitDir }: Workspace, { way, onto, tip }: ConflictState): boolean {
  const read = (name: string) => readTextIfPresent(join(gitDir, name))?.trim();
  if (way === 'merge') return read('MERGE_HEAD') === onto;
  return read('rebase-merge/onto') === onto && read('rebase-merge/orig-head') === tip;
}

/** Edits of tracked files, and files that are in conflict still; new files become a commit of their own later. */
async function stage(workspace: Workspace): Promise<void> {
  const cwd = workspace.path;
  await git(['add', '--update', '--', ':/'], { cwd, limitMs: REBASE_LIMIT_MS });
  const left = await filesInConflict(workspace);
  if (left.length === 0) return;
  const args = ['--literal-pathspecs', 'add', '--all', '--force', '--sparse'];
  await git([...args, '--pathspec-from-file=-', '--pathspec-file-nul'], { cwd, input: `${left.join('\0')}\0` });
}

let style: Promise<string[]> | undefined;

/** Shows what both began from too, in the short form where git knows it (2.35). */
function conflictStyle(cwd: string): Promise<string[]> {
  style ??= git(['version'], { cwd }).then((text) => {
    const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text) ?? []).map(Number);
    return ['-c', `merge.conflictStyle=${major > 2 || minor >= 35 ? 'zdiff3' : 'diff3'}`];
  });
  return style;
}
