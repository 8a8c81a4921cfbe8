import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import { removeRecord } from './integration-record.ts';
import type { Job } from './job.ts';
import { writeMarker } from './marker.ts';
import { putBack } from '../prepare/prepare.ts';
import type { Passage } from '../train/passages.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { hasLocks, removeStaleLocks } from '../workspace/workspace-recovery.ts';

/** How far the work on a candidate had come when it ended. */
export interface Opened {
  readonly passage: Passage;
  workspace?: Workspace;
  job?: Job;
}

/** Why a workspace is kept: a failure, or that its work awaits a review. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly parts?: { readonly details?: Record<string, unknown> };
}

/**
 * Leaves a workspace on the attempt's own commits, with the reason beside them. To be called while the task is still
 * claimed. A failure of this is only noted: the reason itself is what has to be told.
 */
export async function keepWorkspace(
  bench: Bench,
  candidate: Candidate,
  { workspace, job }: Opened,
  { code, message, parts }: Reason,
): Promise<void> {
  // With a claim that is held, another process is at work in it.
  if (workspace === undefined || code === 'claim_held') return;
  try {
    if (job !== undefined) await putInOrder(bench, workspace, job);
    const files = parts?.details?.['files'];
    await writeMarker(workspace, {
      task_id: candidate.taskId,
      reason: bench.secrets.redact(message),
      attempt: Math.max(1, job?.failures ?? 1),
      max_attempts: bench.settings.maxAttempts,
      generated_at: new Date().toISOString(),
      code,
      ...(Array.isArray(files) ? { conflict_files: files.map(String) } : {}),
    });
    removeRecord(workspace);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    bench.output.note(`ralph-integrate: ${candidate.taskId}: the workspace could not be put in order: ${why}`);
  }
}

/** It may be kept because somebody kills gits of ours, and one of those that put it in order may be killed too. */
async function putInOrder({ stop }: Bench, workspace: Workspace, job: Job): Promise<void> {
  for (const isLast of [false, true]) {
    await removeStaleLocks(workspace, stop);
    try {
      await putBack(job);
      if (!hasLocks(workspace)) return;
    } catch (error) {
      if (isLast) throw error;
    }
  }
}
