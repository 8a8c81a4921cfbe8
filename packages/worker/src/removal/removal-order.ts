import { firstIssue } from '@ralph/protocol/contract/first-issue';
import { ORDERS } from '@ralph/protocol/contract/events';
import { Failure } from '@ralph/protocol/contract/failure';
import { badLine, describeIssue } from '@ralph/protocol/contract/parse-line';
import { attemptOfRef } from '../refs/attempt-number.ts';
import { takeClaim, type ClaimOptions } from '@ralph/protocol/process/task-claim';
import { refsOfTask } from '../refs/ralph-refs.ts';
import { removeWorkspace, type Removal } from './remove-workspace.ts';
import type { RunContext } from '../run/run-context.ts';
import type { Site } from '../site/site.ts';
import { readMarker } from '../workspace/workspace-marker.ts';
import { kindAt, workspacePath } from '../site/workspace-path.ts';

export interface RemovalOrder {
  readonly taskId: string;
  readonly attempt: number | undefined;
}

export interface DoneRemoval extends Removal {
  readonly path: string;
  readonly attempt: number;
}

/** Whoever says that work has landed gives its claim back right after that. */
const PATIENCE_MS = 10_000;

/** Why work was kept that a removed workspace held. */
export const REMOVED_ON_REQUEST = 'its workspace was removed on request';

/**
 * Reads an order to remove a workspace.
 *
 * @throws Failure `bad_line`
 */
export function readRemovalOrder(record: Record<string, unknown>, lineNumber: number): RemovalOrder {
  const parsed = firstIssue(ORDERS['workspace.remove'], record);
  if (!parsed.success) throw badLine(lineNumber, `workspace.remove: ${describeIssue(parsed.error)}`);
  return { taskId: parsed.data.task_id, attempt: parsed.data.attempt };
}

/**
 * Removes the workspace of a task that has landed or that nobody wants any more. What it holds beside parked and
 * landed commits is kept under a salvage ref. That there is none is no error.
 *
 * @param warm how many workspaces may be kept for reuse under the root, this one among them
 * @param how how long another may still have the task
 * @throws Failure `claim_held` when a living process has the task after that, `fenced` when the workspace is that of a later
 *   attempt than the one asked for, `task_unsafe_id`, `workspace_root`, `workspace_dirty`, what of git
 */
export async function removeOnRequest(
  site: Site,
  { taskId, attempt: asked }: RemovalOrder,
  warm: number,
  how: ClaimOptions = { waitMs: 0 },
): Promise<DoneRemoval> {
  const path = workspacePath(site, taskId);
  const claim = await takeClaim(site.repo.root, taskId, how);
  try {
    const attempt = readMarker(path)?.attempt ?? (await lastAttempt(site, taskId));
    if (asked !== undefined && kindAt(path) === 'folder' && asked < attempt) throw fenced(taskId, asked, attempt);
    return { ...(await removeWorkspace(site, { taskId, path, reason: REMOVED_ON_REQUEST, warm })), path, attempt };
  } finally {
    claim.release();
  }
}

function fenced(taskId: string, asked: number, attempt: number): Failure {
  return new Failure('fenced', `the workspace of ${taskId} is that of attempt ${attempt}, not of ${asked}`, {
    hint: `nothing needs to be done for attempt ${asked}`,
    taskId,
    attempt: asked,
  });
}

async function lastAttempt(site: Site, taskId: string): Promise<number> {
  const refs = await refsOfTask(site.repo.root, taskId);
  return Math.max(1, ...refs.flatMap(({ ref }) => attemptOfRef(ref) ?? []));
}

/** Carries out an order of the stream; a problem ends this order alone. */
export async function obeyRemovalOrder(
  { site, output, program, reuse, claims: files }: RunContext,
  order: RemovalOrder,
): Promise<void> {
  const how = { waitMs: PATIENCE_MS, files };
  try {
    const { path, attempt, removed, salvaged, leftover } = await removeOnRequest(site, order, reuse.limit, how);
    if (salvaged !== undefined) {
      await output.event('work.salvaged', { task_id: order.taskId, ...salvaged, reason: REMOVED_ON_REQUEST });
    }
    if (leftover !== undefined) output.error(`${program}: the workspace of ${order.taskId}: ${leftover.problem}`);
    if (leftover !== undefined && !removed) return;
    await output.event('workspace.removed', {
      task_id: order.taskId,
      attempt: order.attempt ?? attempt,
      workspace_path: path,
    });
  } catch (error) {
    output.error(
      `${program}: cannot remove the workspace of ${order.taskId}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
