import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { optionWords } from '@ralph/protocol/cli/option-words';
import { isFailure } from '@ralph/protocol/contract/failure';
import { callSibling } from '@ralph/protocol/process/sibling';
import type { TaskSource } from './choice.ts';

export interface KeptAttempt {
  readonly id: string;
  readonly attempt: number;
  /** Where its workspace was. */
  readonly path: string;
  readonly targetBranch: string | undefined;
}

/**
 * Makes the workspace of an attempt again from the commits that are kept of it, where it was.
 *
 * @throws Failure of ralph-worker: `workspace_missing` when no commits are kept
 */
export async function remakeWorkspace(
  repo: string,
  { id, attempt, path, targetBranch }: KeptAttempt,
  onNote: (line: string) => void,
): Promise<void> {
  const target = targetBranch === undefined ? [] : optionWords('--target-branch', targetBranch);
  const place = ['--repo', repo, '--workspace-root', dirname(path)];
  try {
    await callSibling('ralph-worker', ['prepare', id, '--from-attempt', String(attempt), ...target, ...place], onNote);
    onNote(`${id}: its workspace was gone and is made again from its commits`);
  } catch (error) {
    // All of it is on the target branch: the integrator says so without a workspace.
    if (!isFailure(error) || error.code !== 'no_changes') throw error;
  }
}

/**
 * A source of tasks whose kept work has a workspace again before it is chosen: somebody may have removed it after it was
 * asked for. Where none can be made, the integrator tells what is kept.
 */
export function withWorkspaces(
  source: TaskSource,
  repo: string,
  targetBranch: string,
  onNote: (line: string) => void,
): TaskSource {
  return async (question) => {
    const choice = await source(question);
    const { task, resume } = choice;
    const path = String(resume?.['workspace_path'] ?? '');
    if (task === undefined || resume === undefined || basename(path) !== task.id || existsSync(path)) return choice;
    const kept = { id: task.id, attempt: Number(resume['attempt']), path, targetBranch };
    try {
      await remakeWorkspace(repo, kept, onNote);
    } catch (error) {
      if (!isFailure(error)) throw error;
      onNote(`${task.id}: its workspace cannot be made again: ${error.message}`);
    }
    return choice;
  };
}
