import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import type { Lifecycle } from '@ralph/protocol/contract/lifecycle';
import { lockRecord } from '@ralph/protocol/contract/lock-record';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { callSibling } from '@ralph/protocol/process/sibling';
import { isRun } from '../stop/judge-stop.ts';
import { remakeWorkspace } from '../tasks/kept-workspace.ts';

export interface RetryRequest {
  readonly repo: string;
  readonly ids: readonly string[];
  /** Whether kept commits are left aside. */
  readonly fresh: boolean;
  readonly onNote: (line: string) => void;
}

export interface Asked {
  readonly task_id: string;
  readonly lifecycle: Lifecycle;
  readonly attempt?: number | undefined;
  /** Whether its kept commits go on to the integrator; otherwise a new agent begins anew. */
  readonly continues: boolean;
}

export interface Answer {
  readonly asked: readonly Asked[];
  /** The command with which a person goes on, or who goes on by himself. */
  readonly next: string;
}

/**
 * Asks for tasks again (reference: retry, which only changes the record). Blocked work whose workspace is gone gets it
 * made again from its commits first, so that whoever takes it up finds it.
 *
 * @throws Failure of ralph-state where one of them cannot be asked for, and then none is; `workspace_missing` where
 *   nothing is left to go on from
 */
export async function askAgain({ repo, ids, fresh, onNote }: RetryRequest): Promise<Answer> {
  const rows = (await callSibling('ralph-state', ['list', '--repo', repo], onNote)) as unknown as WorkerRecord[];
  const records = ids.flatMap((id) => rows.find((record) => record.task_id === id) ?? []);
  const isRefused = records.length < ids.length || records.some(({ lifecycle }) => !isEnded(lifecycle));
  // Where ralph-state will refuse, nothing is touched before it does.
  if (!fresh && !isRefused) for (const record of records) await makeWorkspace(repo, record, onNote);
  const words = ['retry', ...ids, ...(fresh ? ['--fresh'] : []), '--repo', repo];
  const asked = (await callSibling('ralph-state', words, onNote)) as unknown as WorkerRecord[];
  const [lock] = await callSibling('ralph-lock', ['status', '--repo', repo], onNote);
  const holder = lock?.['locked'] === true ? lockRecord.safeParse(lock['holder']).data : undefined;
  return {
    asked: asked.map(({ task_id, lifecycle, attempt }) => {
      const continues = !fresh && lifecycle === 'blocked_push';
      return { task_id, lifecycle, ...(attempt === undefined ? {} : { attempt }), continues };
    }),
    next:
      holder !== undefined && isRun(holder)
        ? 'the run that goes on takes it up'
        : `${commandLine(['ralph-orchestrate', 'run', '--repo', repo])} -- AGENT`,
  };
}

function isEnded(lifecycle: Lifecycle): boolean {
  return lifecycle === 'blocked_push' || lifecycle === 'failed';
}

async function makeWorkspace(repo: string, record: WorkerRecord, onNote: (line: string) => void): Promise<void> {
  const { task_id: id, lifecycle, workspace_path: path, attempt, target_branch: branch } = record;
  if (lifecycle !== 'blocked_push' || (path !== '' && existsSync(path))) return;
  if (attempt === undefined || basename(path) !== id)
    throw nothingLeft(id, 'its record does not say which attempt it was');
  try {
    await remakeWorkspace(repo, { id, attempt, path, targetBranch: branch }, onNote);
  } catch (error) {
    if (isFailure(error) && error.code === 'workspace_missing') throw nothingLeft(id, error.message);
    throw error;
  }
}

function nothingLeft(id: string, why: string): Failure {
  return new Failure('workspace_missing', `${id} cannot be continued: its workspace is gone, and ${why}`, {
    hint: `${commandLine(['ralph-orchestrate', 'retry', id, '--fresh'])}  # a new attempt by a new agent`,
    taskId: id,
  });
}
