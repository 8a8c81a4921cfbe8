import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import { KeptLog } from '@ralph/protocol/process/kept-log';
import { LogKeeper } from '@ralph/protocol/process/log-keeper';
import { olderLogPath } from '@ralph/protocol/process/older-log';
import type { TreeEnd } from '@ralph/protocol/process/process-tree';
import type { Job } from '../candidate/job.ts';
import { startTree } from '../gate/start-tree.ts';

/** A log is begun anew at that length; one older part is kept. */
const LOG_BYTES = 32 * 2 ** 20;
const TITLE_LENGTH = 1000;

/** Returns the file that gets the output of a resolver. */
export function remedyLogPath({ bench, candidate }: Job, remedy: number): string {
  const name = `${candidate.taskId}.${candidate.attempt}.remedy-${remedy}`;
  return join(bench.settings.root, RALPH_PATHS.logs, `${name}.log`);
}

export interface ResolverRun {
  readonly command: readonly string[];
  readonly prompt: string;
  readonly handoffPath: string;
  readonly logPath: string;
}

/**
 * Runs a resolver in the workspace of a job, with a prompt on its stdin, until it and everything that it started have
 * ended; at the time limit and when we are told to stop it is ended. It is written down as a gate is. The prompt is kept beside its log, where no agent
 * has put a link.
 *
 * @throws Failure `io` or its kin when a file cannot be written or the resolver cannot be started
 */
export async function runResolver(job: Job, run: ResolverRun): Promise<TreeEnd> {
  const { logPath, prompt } = run;
  const promptPath = `${logPath.slice(0, -'.log'.length)}.prompt.md`;
  const opened: number[] = [];
  const log = openLog(logPath);
  try {
    rmSync(promptPath, { force: true });
    writeFileSync(promptPath, prompt, { mode: 0o600 });
    opened.push(openSync(promptPath, 'r'), openSync(logPath, 'a'));
    return await runLogged(job, run, { log, promptPath, opened });
  } catch (error) {
    throw asIoFailure(error, 'run the resolver');
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
    log.close();
  }
}

interface Streams {
  readonly log: KeptLog;
  readonly promptPath: string;
  /** Its stdin and its output. */
  readonly opened: readonly number[];
}

async function runLogged(job: Job, run: ResolverRun, { log, promptPath, opened }: Streams): Promise<TreeEnd> {
  const { bench, workspace } = job;
  const { settings, stop } = bench;
  const [stdin = 'ignore', output = 2] = opened;
  const env = resolverEnvironment(job, run, promptPath);
  const where = { cwd: workspace.path, folder: workspace.path };
  const tree = await startTree(job, { command: run.command, ...where, env, stdin, stdout: output, stderr: output });
  const unwatch = new LogKeeper().watch(log, { report: async () => {}, idleMs: undefined, onIdle: () => {} });
  const onStop = () => void tree.end('cancelled');
  const timer = setTimeout(() => void tree.end('timeout'), timerMs(settings.remedy.timeoutMs));
  stop.addEventListener('abort', onStop, { once: true });
  try {
    if (stop.aborted) onStop();
    else tree.release();
    const end = await tree.finished;
    bench.running.remove(job, tree);
    return end;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
    await unwatch();
  }
}

function resolverEnvironment(job: Job, { handoffPath }: ResolverRun, promptPath: string): NodeJS.ProcessEnv {
  const { bench, candidate, workspace } = job;
  const outer = scrubbedEnvironment();
  // Those of an agent that we were started by are its own.
  delete outer['RALPH_PORT_BASE'];
  delete outer['RALPH_PORT_COUNT'];
  return {
    ...outer,
    PWD: workspace.path,
    RALPH_TASK_ID: candidate.taskId,
    RALPH_TASK_TITLE: (candidate.title ?? '').replaceAll('\0', ' ').slice(0, TITLE_LENGTH),
    RALPH_ATTEMPT: String(candidate.attempt),
    RALPH_WORKSPACE: workspace.path,
    RALPH_TARGET_BRANCH: bench.settings.targetBranch,
    RALPH_HANDOFF: handoffPath,
    RALPH_PROMPT_FILE: promptPath,
    // An editor that waits for a person would wait for ever.
    GIT_EDITOR: 'true',
    GIT_SEQUENCE_EDITOR: 'true',
    GIT_TERMINAL_PROMPT: '0',
  };
}

function openLog(path: string): KeptLog {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // That of an earlier integration.
    for (const old of [path, olderLogPath(path)]) rmSync(old, { force: true });
    return new KeptLog(path, LOG_BYTES);
  } catch (error) {
    throw asIoFailure(error, `write the log ${path}`);
  }
}
