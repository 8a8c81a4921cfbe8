import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { quoted } from '@ralph/protocol/cli/shell-words';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { Failure } from '@ralph/protocol/contract/failure';
import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import type { Job } from '../candidate/job.ts';
import { landAgain } from '../candidate/next-command.ts';
import { runLogged, type LoggedEnd } from '../gate/run-logged.ts';
import { lastLine, logTail } from '../gate/log-tail.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { branchOfTask } from './branch.ts';
import type { Publication } from './publication.ts';
import type { PublishSettings } from './publish-settings.ts';
import type { ReviewSummary } from './review-summary.ts';

type PrSettings = Extract<PublishSettings, { mode: 'pr' }>;

/**
 * Runs the command that opens the pull request of a published branch, in the workspace and under the same control as a
 * gate; the summary is its stdin.
 *
 * @returns the last line of what it printed: by custom where the pull request is
 * @throws Failure `publish_failed` when it does not end with 0; Stopped
 */
export async function openPullRequest(
  job: Job,
  settings: PrSettings,
  what: Publication,
  summary: ReviewSummary,
): Promise<string> {
  const { bench, candidate } = job;
  const logPath = join(bench.settings.root, RALPH_PATHS.logs, `${candidate.taskId}.${candidate.attempt}.pr.log`);
  const end = await runCommand(job, settings, logPath, { what, summary });
  throwIfStopped(bench.stop);
  const said = lastLine(logTail(logPath, bench.secrets.redact));
  if (end.cause === 'exited' && end.exitCode === 0) return said;
  const how =
    end.cause === 'timeout'
      ? `was ended at its time limit of ${settings.limitMs / 1000} s`
      : `ended with ${end.signal ?? `status ${end.exitCode}`}`;
  throw new Failure(
    'publish_failed',
    `${branchOfTask(candidate)} is pushed, but the command of the pull request ${how}${said === '' ? '' : `: ${said}`}`,
    {
      hint: `${landAgain(bench.settings, candidate)}  # what the command said: less ${quoted(logPath)}`,
      details: { log_path: logPath, last_lines: end.lastLines },
    },
  );
}

async function runCommand(
  job: Job,
  { command, limitMs }: PrSettings,
  logPath: string,
  { what, summary }: { readonly what: Publication; readonly summary: ReviewSummary },
): Promise<LoggedEnd> {
  const { bench, workspace, candidate } = job;
  const env = {
    ...scrubbedEnvironment(),
    RALPH_TASK_ID: candidate.taskId,
    RALPH_ATTEMPT: String(candidate.attempt),
    RALPH_WORKSPACE: workspace.path,
    RALPH_TITLE: summary.title,
    RALPH_BRANCH: branchOfTask(candidate),
    RALPH_TARGET_BRANCH: bench.settings.targetBranch,
    RALPH_COMMIT: what.commit,
    RALPH_PREVIOUS_COMMIT: what.opened ?? '',
    RALPH_SUMMARY: summary.path,
  };
  const stdin = openSync(summary.path, 'r');
  try {
    const { logLimitBytes } = bench.settings.gates;
    const limits = { logLimitBytes, limitMs, signal: bench.stop };
    return await runLogged(job, { command: ['sh', '-c', command], env, stdin, logPath, ...limits });
  } finally {
    closeSync(stdin);
  }
}
