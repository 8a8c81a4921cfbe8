import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Site } from '../site/site.ts';
import { settleWork, type FoundWork } from './work-left.ts';
import { readMarker, type WorkspaceMarker } from '../workspace/workspace-marker.ts';

export interface CommitRequest {
  readonly taskId: string;
  readonly path: string;
  readonly attempt: number | undefined;
  readonly title: string;
  /** What the commits of the work stand on; nothing for what the workspace began from. */
  readonly base: string | undefined;
  /** File with the names of new files that are nobody's edits. */
  readonly leaveFrom: string | undefined;
}

/**
 * Makes finished work out of what somebody left in the workspace of a task that we have claimed: commits the edits, and
 * sees to it that each commit names the task. Unfinished work, and work with secrets in its commits, is left as it is.
 *
 * @throws Failure `workspace_missing`, `fenced`, `workspace_dirty`, `secrets_committed`, and those of `settleWork`
 */
export async function commitOnRequest(site: Site, request: CommitRequest): Promise<FoundWork> {
  const { taskId, path, title, base, leaveFrom } = request;
  const { base_commit: began, target_branch: branch } = ownMarker(site, request);
  const leaveOut = leaveFrom === undefined ? undefined : new Set(linesOf(leaveFrom));
  const plan = { repo: site.repo, taskId, title, path, branch, baseCommit: base ?? began, allowEmpty: false };
  const work = await settleWork(leaveOut === undefined ? plan : { ...plan, leaveOut });
  const look = commandLine(['git', '-C', path, 'status']);
  if (work.unfinished !== undefined)
    throw new Failure('workspace_dirty', `${path} holds ${work.unfinished}`, { hint: look, taskId });
  if (work.secrets.length > 0) {
    throw new Failure('secrets_committed', `the commits in ${path} add ${work.secrets.slice(0, 3).join(', ')}`, {
      hint: `${commandLine(['git', '-C', path, 'log', '--stat'])}  # take it out of the commits`,
      taskId,
    });
  }
  return work;
}

function ownMarker({ repo }: Site, { taskId, path, attempt }: CommitRequest): WorkspaceMarker {
  const marker = readMarker(path);
  if (marker?.repo_root !== repo.root || marker.task_id !== taskId) {
    throw new Failure('workspace_missing', `${path} is not the workspace of ${taskId}`, {
      hint: commandLine(['ralph-worker', 'list', '--repo', repo.root]),
      taskId,
    });
  }
  if (attempt === undefined || marker.attempt === attempt) return marker;
  throw new Failure('fenced', `the workspace of ${taskId} is that of attempt ${marker.attempt}, not of ${attempt}`, {
    hint: commandLine(['ralph-worker', 'list', '--repo', repo.root]),
    taskId,
    attempt,
  });
}

function linesOf(path: string): string[] {
  return (readTextIfPresent(path) ?? '').split('\n');
}
