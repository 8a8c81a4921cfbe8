import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { FOLLOWUPS_LIMIT_BYTES, followupProposal, type FollowupProposal } from '@ralph/protocol/contract/followups';
import { firstIssue } from '@ralph/protocol/contract/first-issue';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { parseJsonc, readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { linkOnTheWay } from '@ralph/protocol/process/workspace-file';
import type { Candidate } from '../candidate/candidate.ts';
import { removeOwn } from '../workspace/own-file.ts';
import type { Workspace } from '../workspace/workspace.ts';

/**
 * Reads what an agent proposes to follow its task; the file is left where it is (reference: part A20).
 *
 * @param redact takes out what is to be shown to nobody: the queue is read by many
 * @returns nothing when there is no proposal, or an empty one
 * @throws Failure `followups_invalid`
 */
export async function readFollowUps(
  workspace: Workspace,
  candidate: Candidate,
  redact: (text: string) => string,
): Promise<FollowupProposal | undefined> {
  const path = pathIn(workspace, candidate);
  const refuse = (what: string) =>
    new Failure('followups_invalid', `the follow-ups that ${candidate.taskId} proposes cannot be added: ${what}`, {
      taskId: candidate.taskId,
      attempt: candidate.attempt,
      hint: `${commandLine(['cat', path])}  # mend it or remove it, then land the work again`,
      details: { path },
    });
  const link = linkOnTheWay(workspace.path, path);
  if (link !== undefined) throw refuse(`${link} is a symlink`);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) throw refuse(`${path} is no file`);
  if (found.size > FOLLOWUPS_LIMIT_BYTES) throw refuse(`${path} is larger than ${FOLLOWUPS_LIMIT_BYTES} bytes`);
  const value = await parseJsonc(readTextIfPresent(path) ?? '', path, 'followups_invalid').catch((error: unknown) => {
    throw isFailure(error) ? refuse(error.message) : error;
  });
  const parsed = firstIssue(followupProposal, value);
  if (!parsed.success) throw refuse(`${path}: ${describeIssue(parsed.error)}`);
  const { source_task_id: source, tasks } = parsed.data;
  if (source !== candidate.taskId) throw refuse(`${path}: source_task_id is ${JSON.stringify(source)}`);
  return tasks.length === 0 ? undefined : mapped(parsed.data, redact);
}

/** Tells whether a proposal is there, whatever it says. */
export function hasFollowUps(workspace: Workspace, candidate: Candidate): boolean {
  return lstatSync(pathIn(workspace, candidate), { throwIfNoEntry: false }) !== undefined;
}

/** Removes the proposal once its tasks are in the queue. */
export function removeFollowUps(workspace: Workspace, candidate: Candidate): void {
  removeOwn(workspace, pathIn(workspace, candidate));
}

function pathIn({ path }: Workspace, { taskId }: Candidate): string {
  return join(path, RALPH_PATHS.followups, `${taskId}.json`);
}

/** Returns a value in which every text has been rewritten. */
function mapped<T>(value: T, rewrite: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (_key, each: unknown) =>
    typeof each === 'string' ? rewrite(each) : each,
  ) as T;
}
