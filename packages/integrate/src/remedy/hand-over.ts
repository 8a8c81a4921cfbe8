import { join } from 'node:path';
import type { Failure } from '@ralph/protocol/contract/failure';
import { FILE_LIMIT_BYTES } from '@ralph/protocol/process/read-open-file';
import { linkOnTheWay, plainText } from '@ralph/protocol/process/workspace-file';
import type { Job } from '../candidate/job.ts';
import { handoffText, type GateFacts } from './handoff.ts';
import { writeHandoff } from './remedy-files.ts';
import { tryGit } from '../workspace/workspace-git.ts';

const SUBJECTS = 50;

export interface Handover {
  readonly failure: Failure;
  readonly gate: GateFacts | undefined;
  readonly files: readonly string[];
  /** Which try this is, and of how many. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** What else is to be said of it. */
  readonly remark: string | undefined;
}

/**
 * Writes down in the workspace all that is known of a failure to land, as the workspace stands.
 *
 * @returns where it is
 * @throws Failure `workspace_dirty`, `disk_full`, `permission`, `io`
 */
export async function handOver(job: Job, handover: Handover): Promise<string> {
  const { bench, candidate, workspace } = job;
  const { failure, gate, files, attempt, maxAttempts, remark } = handover;
  const { redact } = bench.secrets;
  const status = await tryGit(['status', '--short', '--branch', '--ignore-submodules=dirty'], { cwd: workspace.path });
  const text = handoffText({
    taskId: candidate.taskId,
    title: redact(candidate.title ?? ''),
    targetBranch: bench.settings.targetBranch,
    attempt,
    maxAttempts,
    files,
    gitStatus: status.stdout,
    summary: redact(await summaryOf(job)),
    intent: redact(taskIntent(job)),
    code: failure.code,
    reason: redact(remark === undefined ? failure.message : `${failure.message}; ${remark}`),
    gate,
    now: new Date(),
  });
  return writeHandoff(workspace, candidate, attempt, text);
}

/**
 * Returns what the agent that did the task was asked, not one that planned or reviewed it; nothing when that is not there
 * any more. A link that it has put there would hand a file of the user's to the resolver.
 */
export function taskIntent({ workspace }: Pick<Job, 'workspace'>): string {
  const path = join(workspace.gitDir, 'ralph/prompt.md');
  return linkOnTheWay(workspace.path, path) === undefined ? (plainText(path, FILE_LIMIT_BYTES) ?? '') : '';
}

/** The subjects of the task's own commits say what was done. */
async function summaryOf({ bench, workspace, tip }: Job): Promise<string> {
  const { remote, targetBranch } = bench.settings;
  const not = `refs/remotes/${remote.name}/${targetBranch}`;
  const args = ['log', `--max-count=${SUBJECTS}`, '--format=%h %s', tip, '--not', not, '--'];
  return (await tryGit(args, { cwd: workspace.path })).stdout.trimEnd();
}
