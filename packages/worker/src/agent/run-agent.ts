import type { ActivityCounts } from '@ralph/protocol/contract/activity';
import { asIoFailure, isFailure, type Failure } from '@ralph/protocol/contract/failure';
import type { Usage } from '@ralph/protocol/contract/usage';
import type { ProcessTree, TreeEnd } from '@ralph/protocol/process/process-tree';
import type { KeptLog } from '@ralph/protocol/process/kept-log';
import { isMostlyJson, lastWords } from '@ralph/protocol/agents/last-words';
import { LAST_LINES, lastLines as endOf } from '@ralph/protocol/process/log-lines';
import { Doings } from '@ralph/protocol/agents/doings';
import { UsageTally } from '@ralph/protocol/usage/usage-tally';
import { withoutSecret } from '@ralph/protocol/usage/without-secret';
import { emptySeat, isToStop, leaveSeat, type Seat } from './claimed-seat.ts';
import { handOn } from './handed-on.ts';
import { ownTail, plainWords, writeHeading } from './phase-heading.ts';
import { rateLimitIn, type RateLimit } from '../run/rate-limit.ts';
import type { Step } from './agent-plan.ts';
import { openLog, seatOf, startAgent, type AgentRun } from './start-agent.ts';
import { watchAgent } from './watch-agent.ts';
import type { RunContext } from '../run/run-context.ts';

/** How many of the last lines are searched for the words of a limit. */
const SEARCHED_LINES = 20;

/** How an agent has ended, and what it said. */
export interface AgentEnd extends TreeEnd {
  /** Whether `ralph-worker stop` was asked for it; its cause is then `cancelled`. */
  readonly isRequested: boolean;
  /** What it should have handed on to the next phase, and has not. */
  readonly missing: string | undefined;
  /** Why the next part of its task could not be started. */
  readonly cutShort: Failure | undefined;
  /** Whether it said that an error is what it came to: some end with status 0 all the same. */
  readonly isBroken: boolean;
  /** Written in all, dropped output included. */
  readonly outputBytes: number;
  /** The last lines that say something, without secrets. */
  readonly lastLines: readonly string[];
  /** What it said of a limit of its provider, in case it failed. */
  readonly limit: RateLimit | undefined;
  /** What it said that it used; nothing when it did not say. */
  readonly usage: Usage | undefined;
  /** What it said that it did; nothing when it does not speak in a form that is known. */
  readonly counts: ActivityCounts | undefined;
  /** The part of the task in which the work was done, or the last one that was begun; whoever mends the work goes on with it. */
  readonly doer: Step;
  /** The session of that. */
  readonly session: string | undefined;
  /** What that has used, where its agent tells that again when it goes on. */
  readonly sessionUsage: Usage | undefined;
}

/** What all parts of an attempt share. */
interface Attended {
  readonly context: RunContext;
  readonly run: AgentRun;
  readonly log: KeptLog;
  readonly tally: UsageTally;
  readonly doings: Doings;
  readonly portBase: number | undefined;
}

type StepEnd = TreeEnd & Pick<AgentEnd, 'isRequested' | 'missing' | 'isBroken' | 'lastLines' | 'limit' | 'session'>;

/**
 * Runs the agent in a workspace until it and everything that it started have ended; of a task with several parts, one
 * agent after the other, as long as each ends well. Each is announced by `agent.started` before the first of its
 * instructions runs, so that nobody can die without having said who it was.
 *
 * @throws Failure `agent_spawn_failed`, `cancelled` when a stop came first
 */
export async function runAgent(context: RunContext, run: AgentRun): Promise<AgentEnd> {
  const log = openLog(run.logPath, context.logLimitBytes);
  try {
    return await runLogged(context, run, log);
  } finally {
    log.close();
  }
}

async function runLogged(context: RunContext, run: AgentRun, log: KeptLog): Promise<AgentEnd> {
  const { path, steps } = run;
  const { secrets } = context;
  secrets.learnFrom(path);
  const ports = await context.ports.lease();
  const doings = new Doings();
  const tally = new UsageTally((value) => doings.take(value));
  log.showTo(tally);
  const attended = { context, run, log, tally, doings, portBase: ports?.base };
  let isGone = false;
  try {
    let done: { step: Step; end: StepEnd } | undefined;
    let doer: { step: Step; end: StepEnd } | undefined;
    let cutShort: Failure | undefined;
    for (const step of steps) {
      const started = await startStep(attended, step);
      if ('failure' in started) {
        // What the parts before have made and used is told all the same.
        if (done === undefined) throw started.failure;
        cutShort = started.failure;
        break;
      }
      const { tree } = started;
      isGone = false;
      const end = await runStep(attended, step, tree).finally(() => {
        isGone = tree.isGone;
        // Whoever asks for a stop between two parts waits for the next.
        if (isGone) emptySeat(seatOf(context, run));
      });
      done = { step, end };
      if (step.phase !== 'review') doer = done;
      if (!endedWell(end) || end.missing !== undefined) break;
    }
    if (done === undefined || doer === undefined) throw new Error('a task has a part at least');
    const usage = withoutSecret(tally.end(), secrets.redact);
    const { session } = doer.end;
    const sessionUsage = session === undefined ? undefined : tally.toldAgain(session);
    const of = { outputBytes: log.bytes, usage, counts: doings.counts };
    return { ...done.end, ...of, cutShort, doer: doer.step, session, sessionUsage };
  } finally {
    if (isGone) leaveSeat(seatOf(context, run));
    ports?.release(isGone);
  }
}

type Started = { readonly tree: ProcessTree } | { readonly failure: Failure };

async function startStep({ context, run, log, portBase, doings }: Attended, step: Step): Promise<Started> {
  doings.begin();
  try {
    if (run.steps.length > 1) writeHeading(run.logPath, step, log);
    const tree = await startAgent(context, run, step, portBase);
    run.guard.holdAgent(() => tree.end('cancelled'));
    return { tree };
  } catch (error) {
    const failure = asIoFailure(error, 'start the agent');
    if (isFailure(failure)) return { failure };
    throw error;
  }
}

async function runStep(attended: Attended, step: Step, tree: ProcessTree): Promise<StepEnd> {
  const { context, run, log, doings, tally } = attended;
  const { secrets } = context;
  const end = await watchAgent({ context, run, step, tree, log, tally, doings });
  const requested = requestedEnd(end, seatOf(context, run));
  // What the agent has put there itself is a secret too.
  secrets.learnFrom(run.path);
  tally.settle();
  const { lastLines, searched } = lastWords(
    endOf(ownTail(log.tail(), step, run.steps), SEARCHED_LINES, secrets.redact),
    doings,
    {
      most: LAST_LINES,
      redact: secrets.redact,
    },
  );
  const limit = rateLimitIn(searched, context.rateLimit, Date.now());
  const { isBroken } = doings;
  // At once: what it has left takes a while to find, and others would start meanwhile.
  if (limit !== undefined && requested.cause === 'exited' && (isBroken || (end.exitCode ?? 0) !== 0))
    context.quota.close(run.task.id, { reason: lastLines.at(-1) ?? '', ...limit }, Date.now());
  const ended = { ...end, ...requested, lastLines, limit, isBroken, session: doings.session };
  return { ...ended, missing: endedWell(ended) ? handedOn(attended, step) : undefined };
}

/** Of the last part nothing is handed on: the work is what it has left. */
function handedOn({ context, run, log, doings }: Attended, step: Step): string | undefined {
  const { phase } = step;
  if (run.steps.at(-1)?.phase === phase) return undefined;
  const { task, path, logPath } = run;
  const own = ownTail(log.tail(), step, run.steps);
  const said = doings.hasSpoken && (own.cut || isMostlyJson(own.text)) ? doings.text : plainWords(own);
  return handOn({ taskId: task.id, path, logPath, phase, said, redact: context.secrets.redact });
}

/** Whoever stops an agent asks first and ends it then: however it ended, it was asked to. */
function requestedEnd(end: TreeEnd, seat: Seat): Pick<AgentEnd, 'isRequested' | 'cause'> {
  const isRequested = end.cause === 'exited' && isToStop(seat);
  return { isRequested, cause: isRequested ? 'cancelled' : end.cause };
}

function endedWell({ cause, exitCode, isBroken }: Pick<AgentEnd, 'cause' | 'exitCode' | 'isBroken'>): boolean {
  return cause === 'exited' && exitCode === 0 && !isBroken;
}
