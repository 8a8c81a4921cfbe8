import { join, resolve } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import { isFailure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { findRepository } from '@ralph/protocol/process/repository';
import { claimsIn } from '../records/claims.ts';
import { activityOf, isAtWork, type Activity } from '../records/record-activity.ts';
import { workspaceIsThere } from '../records/workspace-presence.ts';
import { StateStore } from '../store/state-store.ts';
import type { QueueFacts, RecordFacts, StatusFacts } from './facts.ts';
import { readQueueLock } from './queue-lock.ts';

/**
 * Looks at the state file, the processes and workspaces that it names, the locks and the queue. Writes nothing.
 *
 * @throws Failure `state_corrupt`, `state_newer`, `permission` or `io` when the state file cannot be read
 */
export async function gatherFacts(root: string): Promise<StatusFacts> {
  const now = new Date();
  const state = await new StateStore(root).read();
  const isClaimed = claimsIn(root);
  const records = await Promise.all(
    (state?.workers ?? []).map((record) => factsOf(root, record, activityOf(record, now, isClaimed))),
  );
  const nobodyAtWork = !records.some(({ activity }) => isAtWork(activity));
  const mustAsk = nobodyAtWork && records.some(({ activity }) => activity === 'waiting' || activity === 'lost');
  const runIsAlive = mustAsk && (await isLoopLockHeld(root));
  return {
    root,
    state,
    records,
    queueLock: readQueueLock(root),
    runIsAlive,
    queue: await queueFacts(root, state, now),
    repoWords: repoWords(root),
    now,
  };
}

async function factsOf(root: string, record: WorkerRecord, activity: Activity): Promise<RecordFacts> {
  return {
    record,
    activity,
    workspaceIsThere: workspaceIsThere(root, record.workspace_path),
    marker: record.workspace_path === '' ? 'absent' : await markerIn(resolve(root, record.workspace_path)),
  };
}

async function markerIn(workspace: string): Promise<RecordFacts['marker']> {
  try {
    const text = readTextIfPresent(join(workspace, RALPH_PATHS.blockedMarker));
    if (text === undefined) return 'absent';
    const { blockedMarker } = await import('@ralph/protocol/contract/blocked-marker');
    return blockedMarker.safeParse(lightJson(text)).success ? 'present' : 'unreadable';
  } catch (error) {
    return isFailure(error) && isNotDirectory(error.cause) ? 'absent' : 'unreadable';
  }
}

function isNotDirectory(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOTDIR';
}

/** Between two steps of a run nobody may be at work for a moment; its lock tells that it goes on. */
async function isLoopLockHeld(root: string): Promise<boolean> {
  const { callSibling } = await import('@ralph/protocol/process/sibling');
  try {
    const [lock] = await callSibling('ralph-lock', ['status', '--repo', root]);
    return lock?.['locked'] === true;
  } catch {
    return false;
  }
}

async function queueFacts(root: string, state: StateFile | undefined, now: Date): Promise<QueueFacts> {
  const { surveyQueue } = await import('../queue/board.ts');
  try {
    return await surveyQueue(root, state, now);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}

function repoWords(root: string): string[] {
  try {
    if (findRepository(undefined).root === root) return [];
  } catch {
    // There is no repository around this folder: a command has to name it.
  }
  return ['--repo', root];
}
