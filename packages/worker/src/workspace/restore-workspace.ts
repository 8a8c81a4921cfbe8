import { Failure } from '@ralph/protocol/contract/failure';
import { attemptRef } from '@ralph/protocol/contract/paths';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { git, tryGit } from '@ralph/protocol/process/git';
import { clearPlace, leftoverFailure } from '../removal/remove-workspace.ts';
import { kindAt } from '../site/workspace-path.ts';
import type { Site } from '../site/site.ts';
import { setupKey } from '../setup/setup-plan.ts';
import { reserveRoom } from '../warm/make-way.ts';
import { fetchBase } from './base-commit.ts';
import { createWorkspace } from './create-workspace.ts';
import { IN_THE_WAY, type OpenedWorkspace, type WorkspaceRequest } from './open-workspace.ts';
import { workspaceGit } from './workspace-git.ts';
import { readMarker } from './workspace-marker.ts';

/**
 * Makes the workspace of an attempt again from the commits that are kept of it, as the attempt handed it on. One that is
 * still there stays as it is; the work of another in its place is kept first.
 *
 * @throws Failure `workspace_missing` when nothing is kept of the attempt, `no_changes` when all of it is on the target
 *   branch; what of git, origin or the file system
 */
export async function restoreWorkspace(site: Site, request: Omit<WorkspaceRequest, 'phase'>): Promise<OpenedWorkspace> {
  const began = performance.now();
  const { taskId, attempt, path, branch, setup, reuse, signal } = request;
  const tip = await parkedTip(site, taskId, attempt);
  const there = kindAt(path) === 'folder' ? readMarker(path) : undefined;
  if (there?.attempt === attempt && there.task_id === taskId) {
    const durationMs = Math.round(performance.now() - began);
    return {
      baseCommit: there.base_commit,
      reused: true,
      setup: undefined,
      setupKey: undefined,
      salvaged: undefined,
      durationMs,
    };
  }
  const target = await fetchBase(site.repo, request);
  const baseCommit = await forkPoint(site, { taskId, attempt, branch, tip, target });
  const { salvaged, removed, leftover } = await clearPlace(site, { taskId, path, reason: IN_THE_WAY });
  if (leftover !== undefined && !removed) throw leftoverFailure(leftover, salvaged);
  const key = setup === undefined ? undefined : await setupKey(site, setup, baseCommit);
  const giveBack = await reserveRoom(site, request.space, { commit: baseCommit, fresh: reuse.fresh, signal });
  try {
    const plan = { ...request, baseCommit, setupKey: key, recorded: Promise.resolve(), phase: 'finished' } as const;
    const created = await createWorkspace(site, plan);
    await workspaceGit(path, ['reset', '-q', '--hard', tip], { signal, limitMs: 600_000 });
    return { ...created, baseCommit, setupKey: key, salvaged, durationMs: Math.round(performance.now() - began) };
  } finally {
    giveBack();
  }
}

async function parkedTip({ repo }: Site, taskId: string, attempt: number): Promise<string> {
  const ref = attemptRef(taskId, attempt);
  const { exitCode, stdout } = await tryGit(['rev-parse', '-q', '--verify', `${ref}^{commit}`], { cwd: repo.root });
  if (exitCode === 0) return stdout.trim();
  throw new Failure('workspace_missing', `nothing is kept of attempt ${attempt} at ${taskId}: there is no ${ref}`, {
    hint: commandLine(['git', '-C', repo.root, 'for-each-ref', 'refs/ralph/']),
    taskId,
    attempt,
  });
}

interface Fork {
  readonly taskId: string;
  readonly attempt: number;
  readonly branch: string;
  readonly tip: string;
  readonly target: string;
}

/** Where the attempt left the target branch: what it began on, as far as git can tell. */
async function forkPoint({ repo }: Site, { taskId, attempt, branch, tip, target }: Fork): Promise<string> {
  const { exitCode, stdout } = await tryGit(['merge-base', target, tip], { cwd: repo.root });
  const base = stdout.trim();
  if (exitCode === 0 && base !== tip) return base;
  const why = exitCode === 0 ? `has no commits that are not on ${branch}` : `shares no history with ${branch}`;
  const isCutOff = exitCode !== 0 && (await isShallow(repo.root));
  const [next, remark] = isCutOff
    ? [['fetch', '--unshallow'], '  # then again']
    : [['log', attemptRef(taskId, attempt)], ''];
  throw new Failure('no_changes', `attempt ${attempt} at ${taskId} ${why}${isCutOff ? ' in this shallow clone' : ''}`, {
    hint: `${commandLine(['git', '-C', repo.root, ...next])}${remark}`,
    taskId,
    attempt,
  });
}

async function isShallow(root: string): Promise<boolean> {
  return (await git(['rev-parse', '--is-shallow-repository'], { cwd: root })).trim() === 'true';
}
