import { asIoFailure } from '@ralph/protocol/contract/failure';
import { endWithin } from '@ralph/protocol/process/bounded-tree';
import { LAST_LINES, lastLines } from '@ralph/protocol/process/log-lines';
import type { LogReader } from '@ralph/protocol/process/log-scan';
import type { ProcessTree, TreeEnd, TreeOptions } from '@ralph/protocol/process/process-tree';
import type { Job } from '../candidate/job.ts';
import { hasOwnGitFolder, keepSettings, putSettingsBack } from '../workspace/kept-settings.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import { openGateLog, type OpenLog } from './gate-log.ts';

/** A command of others that runs in the workspace of a job. */
export interface LoggedRun {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: TreeOptions['stdin'];
  /** Gets all that it prints, and is begun anew. */
  readonly logPath: string;
  readonly logLimitBytes: number;
  readonly limitMs: number;
  /** Ends it when it is aborted. */
  readonly signal: AbortSignal;
  /** Files of ours that it has to see, also in a sandbox. */
  readonly reads?: readonly string[];
  /** Is shown what it prints. */
  readonly reader?: LogReader;
}

export interface LoggedEnd extends TreeEnd {
  /** The last lines of what it printed that say something, without secrets. */
  readonly lastLines: readonly string[];
}

/**
 * Runs a command of others in the workspace of a job until it and everything that it started have ended; at its time
 * limit, and when the signal is aborted, it is ended. It is written down as long as anything of it lives, for whoever
 * comes after us when we are killed together with its watcher. Its log is kept within its limit.
 *
 * @throws Failure `io` or its kin when the log cannot be written, or it cannot be started or written down
 */
export async function runLogged(job: Job, run: LoggedRun): Promise<LoggedEnd> {
  const { secrets } = job.bench;
  const open = openGateLog(run.logPath, run.logLimitBytes);
  try {
    if (run.reader !== undefined) open.log.showTo(run.reader);
    const end = await runSettled(job, run, open);
    // What it has put there itself is a secret too.
    secrets.learnFrom(job.workspace.path);
    return { ...end, lastLines: lastLines(open.log.tail(), LAST_LINES, secrets.redact) };
  } finally {
    open.close();
  }
}

/** The tests of an agent are its words, too: what they set in the workspace is obeyed by no git of ours. */
async function runSettled(job: Job, run: LoggedRun, open: OpenLog): Promise<TreeEnd> {
  // Gates that run side by side have begun with the same settings.
  const held = (job.held ??= { settings: keepSettings(job), runs: 0 });
  held.runs += 1;
  try {
    return await runWatched(job, run, open);
  } finally {
    held.runs -= 1;
    if (held.runs === 0) job.held = undefined;
    await requireOwnGitFolder(job);
    await putSettingsBack(job, held.settings);
  }
}

async function requireOwnGitFolder({ bench, candidate, workspace }: Job): Promise<void> {
  if (!hasOwnGitFolder(workspace)) await openWorkspace(bench.settings.root, candidate);
}

async function runWatched(job: Job, run: LoggedRun, open: OpenLog): Promise<TreeEnd> {
  const { logs, running } = job.bench;
  const unwatch = logs.watch(open.log, { report: () => Promise.resolve(), idleMs: undefined, onIdle: () => {} });
  try {
    const { command, env, stdin, reads = [] } = run;
    const { path } = job.workspace;
    const tree = await startTree(job, {
      command,
      env,
      stdin,
      reads,
      cwd: path,
      folder: path,
      stdout: open.fd,
      stderr: open.fd,
    });
    const end = await endWithin(tree, run);
    running.remove(job, tree);
    return end;
  } finally {
    await unwatch();
  }
}

/** Held before its first instruction until it is written down. */
async function startTree({ bench, candidate, workspace }: Job, asked: TreeOptions): Promise<ProcessTree> {
  const tree = await bench.trees.start({ ...asked, sandbox: bench.sandbox });
  try {
    bench.running.add({ candidate, workspace }, tree);
    return tree;
  } catch (error) {
    tree.kill();
    throw asIoFailure(error, `write down what runs for ${candidate.taskId}`);
  }
}
