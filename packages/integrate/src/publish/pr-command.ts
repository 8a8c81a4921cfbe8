import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { quoted } from '@ralph/protocol/cli/shell-words';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';
import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import type { TreeEnd } from '@ralph/protocol/process/process-tree';
import type { Job } from '../candidate/job.ts';
import { landAgain } from '../candidate/next-command.ts';
import { startTree } from '../gate/start-tree.ts';
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
      details: { log_path: logPath },
    },
  );
}

async function runCommand(
  job: Job,
  { command, limitMs }: PrSettings,
  logPath: string,
  { what, summary }: { readonly what: Publication; readonly summary: ReviewSummary },
): Promise<TreeEnd> {
  const { bench, workspace, candidate } = job;
  const { taskId, attempt } = candidate;
  const { path } = workspace;
  const files: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    const stdin = openFor('r', summary.path);
    files.push(stdin);
    const log = openFor('w', logPath);
    files.push(log);
    const env = {
      ...scrubbedEnvironment(),
      RALPH_TASK_ID: taskId,
      RALPH_ATTEMPT: String(attempt),
      RALPH_WORKSPACE: path,
      RALPH_TITLE: summary.title,
      RALPH_BRANCH: branchOfTask(candidate),
      RALPH_TARGET_BRANCH: bench.settings.targetBranch,
      RALPH_COMMIT: what.commit,
      RALPH_PREVIOUS_COMMIT: what.opened ?? '',
      RALPH_SUMMARY: summary.path,
    };
    const asked = { command: ['sh', '-c', command], cwd: path, folder: path, env, stdin, stdout: log, stderr: log };
    const tree = await startTree(job, asked);
    const onStop = () => void tree.end('cancelled');
    bench.stop.addEventListener('abort', onStop, { once: true });
    timer = setTimeout(() => void tree.end('timeout'), timerMs(limitMs));
    if (bench.stop.aborted) onStop();
    else tree.release();
    const end = await tree.finished;
    bench.stop.removeEventListener('abort', onStop);
    bench.running.remove(job, tree);
    return end;
  } finally {
    clearTimeout(timer);
    for (const file of files) closeSync(file);
  }
}

function openFor(how: 'r' | 'w', path: string): number {
  try {
    if (how === 'w') mkdirSync(dirname(path), { recursive: true });
    return openSync(path, how, 0o600);
  } catch (error) {
    throw asIoFailure(error, `open ${path}`);
  }
}
