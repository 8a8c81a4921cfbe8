import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { Doings } from '@ralph/protocol/agents/doings';
import { lastWords } from '@ralph/protocol/agents/last-words';
import { LAST_LINES } from '@ralph/protocol/process/log-lines';
import { withPromptFile } from '@ralph/protocol/agents/agent-argv';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import { writeWhole } from '@ralph/protocol/process/write-whole';
import type { Usage } from '@ralph/protocol/contract/usage';
import { UsageTally, type UsedBefore } from '@ralph/protocol/usage/usage-tally';
import { withoutSecret } from '@ralph/protocol/usage/without-secret';
import type { Resolver } from './remedy-settings.ts';
import type { Job } from '../candidate/job.ts';
import { runLogged, type LoggedEnd } from '../gate/run-logged.ts';

/** A log is begun anew at that length; one older part is kept. */
const LOG_BYTES = 32 * 2 ** 20;
const TITLE_LENGTH = 1000;

/** Returns the file that gets the output of a resolver. */
export function remedyLogPath({ bench, candidate }: Job, remedy: number): string {
  const name = `${candidate.taskId}.${candidate.attempt}.remedy-${remedy}`;
  return join(bench.settings.root, RALPH_PATHS.logs, `${name}.log`);
}

export interface ResolverRun {
  readonly resolver: Resolver;
  readonly prompt: string;
  readonly handoffPath: string;
  readonly logPath: string;
  /** What its session has used before. */
  readonly before: UsedBefore | undefined;
}

export interface ResolverEnd extends LoggedEnd {
  /** What it said that it used; nothing when it did not say. */
  readonly usage: Usage | undefined;
  /** Whether it said that an error is what it came to: some end with status 0 all the same. */
  readonly isBroken: boolean;
  /** What its session has used now, where that is told again. */
  readonly before: UsedBefore | undefined;
}

/**
 * Runs a resolver in the workspace of a job, with a prompt on its stdin. The prompt is kept beside its log, where no
 * agent has put a link.
 *
 * @throws Failure `io` or its kin when a file cannot be written or the resolver cannot be started
 */
export async function runResolver(job: Job, run: ResolverRun): Promise<ResolverEnd> {
  const { settings, secrets, stop } = job.bench;
  const { resolver, logPath } = run;
  const promptPath = `${logPath.slice(0, -'.log'.length)}.prompt.md`;
  let stdin: number | undefined;
  try {
    mkdirSync(dirname(promptPath), { recursive: true });
    rmSync(promptPath, { force: true });
    writeFileSync(promptPath, run.prompt, { mode: 0o600 });
    // Agents that read a file of their own would take what is on stdin for a part of the prompt.
    stdin = resolver.prompt === 'file' ? openSync('/dev/null', 'r') : nameless(`${promptPath}.stdin`, run.prompt);
    const command = resolver.prompt === 'file' ? withPromptFile(resolver.words, promptPath) : resolver.words;
    const env = resolverEnvironment(job, run, promptPath);
    const limits = { logLimitBytes: LOG_BYTES, limitMs: settings.remedy.timeoutMs, signal: stop };
    const doings = new Doings();
    const tally = new UsageTally((value) => doings.take(value), run.before);
    const end = await runLogged(job, { command, env, stdin, logPath, ...limits, reads: [promptPath], reader: tally });
    const usage = withoutSecret(tally.end(), secrets.redact);
    const { lastLines } = lastWords(end.lastLines, doings, { most: LAST_LINES, redact: secrets.redact });
    const { session } = doings;
    const told = session === undefined ? undefined : tally.toldAgain(session);
    const before = session === undefined || told === undefined ? undefined : { session, usage: told };
    return { ...end, lastLines, usage, before, isBroken: doings.isBroken };
  } catch (error) {
    throw asIoFailure(error, 'run the resolver');
  } finally {
    if (stdin !== undefined) closeSync(stdin);
  }
}

/** Returns an open file without a name: through what it reads from, a command in a sandbox could write a file of ours. */
function nameless(path: string, text: string): number {
  rmSync(path, { force: true });
  const descriptor = openSync(path, 'wx+', 0o600);
  rmSync(path);
  writeWhole(descriptor, Buffer.from(text));
  return descriptor;
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
