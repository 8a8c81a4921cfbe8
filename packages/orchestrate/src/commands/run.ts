import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';
import type { RUN_OPTIONS } from '../options.ts';
import { clearWorkspaces } from '../run/clear-workspaces.ts';
import { Crew, type ResolverPlan } from '../run/crew.ts';
import { EventLog } from '../run/event-log.ts';
import { checkGivenTasks } from '../run/given-tasks.ts';
import { LockHolder } from '../run/lock-holder.ts';
import { preflight, type Ground } from '../run/preflight.ts';
import { readGivenTasks } from '../run/read-given-tasks.ts';
import { RunLoop } from '../run/run-loop.ts';
import { StateKeeper } from '../run/state-keeper.ts';
import { finishRun } from '../run/finish-run.ts';
import { fromGiven, fromQueue, type TaskSource } from '../run/task-source.ts';
import { publishingOf, type Publishing } from '../publishing.ts';
import { readParallelConfig } from '@ralph/protocol/process/parallel-config';
import { resolveSettings, unusedKeys, type Settings } from '../settings.ts';

type RunCall = Call<typeof RUN_OPTIONS>;

/** `ralph-orchestrate run`: the pipe of the four siblings with selection, one lock and a summary around it. */
export async function run(call: RunCall): Promise<Result> {
  const { args, output, stop } = call;
  const publishing = publishingOf(args);
  const { root } = findGitRepository(args.repo);
  const resolver = resolverPlan(call);
  const settings = await settingsOf(call, root);
  const given = args.tasks === undefined ? undefined : await readGivenTasks(args.tasks, () => call.input, stop.signal);
  if (given !== undefined) checkGivenTasks(given);
  const note = (line: string) => output.note(line);
  const look = () =>
    preflight({
      repo: root,
      targetBranch: args['target-branch'],
      workspaceRoot: settings.workspaceRoot,
      command: call.command,
      fromQueue: given === undefined,
      onNote: note,
    });
  const before = await look();
  const prompt = `ralph-orchestrate run -- ${call.command.join(' ')}`;
  const lock = await LockHolder.take({ repo: root, prompt, wait: waitOf(args), signal: stop.signal, onNote: note });
  call.cleanup.defer('release the loop lock', () => lock.release());
  const ground = waitOf(args) === undefined ? before : await look();
  const init = ['init', '--repo', root, '--target-branch', ground.targetBranch];
  const [started = {}] = await callSibling('ralph-state', init, note);
  await clearWorkspaces({ repo: root, workspaceRoot: ground.workspaceRoot }, started, note);
  const keeper = new StateKeeper(['--repo', root], note, (code, message) => {
    // A late result of an earlier attempt is no news to a person; anything else is.
    if (code === 'fenced') output.detail(`ralph-state: ${message}`);
    else output.note(`ralph-state: ${message}`);
  });
  call.cleanup.defer('end ralph-state', () => keeper.end());
  const log = new EventLog(join(root, RALPH_PATHS.events));
  call.cleanup.defer('close the event log', () => log.close());
  const select = given === undefined ? fromQueue(keeper, args['include-draft']) : await fromGiven(given, root, note);
  return runLoop(call, { root, settings, publishing, resolver, ground, keeper, log, lock, select });
}

interface RunParts {
  readonly root: string;
  readonly settings: Settings;
  readonly publishing: Publishing;
  readonly resolver: ResolverPlan;
  readonly ground: Ground;
  readonly keeper: StateKeeper;
  readonly log: EventLog;
  readonly lock: LockHolder;
  readonly select: TaskSource;
}

async function runLoop(call: RunCall, parts: RunParts): Promise<Result> {
  const { args, output, stop } = call;
  const { settings, ground, keeper, log } = parts;
  const started = Date.now();
  const runId = `run-${new Date(started).toISOString().replace(/[-:]|\..*/g, '')}-${randomBytes(3).toString('hex')}`;
  log.append(
    await output.event('run.started', { run_id: runId, target_branch: ground.targetBranch, workers: settings.workers }),
  );
  const crew = new Crew(
    {
      repo: parts.root,
      targetBranch: ground.targetBranch,
      workspaceRoot: ground.workspaceRoot,
      workers: settings.workers,
      timeout: args.timeout,
      ci: args.ci,
      ciTimeout: args['ci-timeout'],
      publishing: parts.publishing,
      resolver: parts.resolver,
      maxPushAttempts: settings.maxPushAttempts,
      pushBackoffMs: settings.pushBackoffMs,
      command: call.command,
    },
    (line) => output.note(line),
  );
  const loop = new RunLoop({
    crew,
    keeper,
    log,
    output,
    workers: settings.workers,
    maxTasks: args['max-tasks'] ?? 0,
    select: parts.select,
  });
  const interrupt = () => {
    if (stop.cause?.kind === 'signal')
      output.note('stopping: the agents are ended and their work is kept; once more kills at once');
    loop.fail(undefined);
  };
  stop.signal.addEventListener('abort', interrupt, { once: true });
  if (stop.signal.aborted) interrupt();
  stop.onForce(() => crew.kill());
  void parts.lock.lost.then((lost) => {
    if (lost !== undefined) loop.fail(lost);
  });
  const end = await loop.run();
  return finishRun(call, {
    end,
    runId,
    started,
    log,
    landing: { root: parts.root, targetBranch: ground.targetBranch, ci: args.ci, publishing: parts.publishing },
  });
}

async function settingsOf({ args, output }: RunCall, root: string): Promise<Settings> {
  const config = await readParallelConfig(root);
  for (const key of unusedKeys(config)) output.note(`ralph-orchestrate: parallel.${key} has no effect in this version`);
  return resolveSettings({ workers: args.workers, workspaceRoot: args['workspace-root'] }, config, root);
}

/**
 * Reads what mends a conflict or a red gate.
 *
 * @throws Failure `usage` when a resolver is both given and refused
 */
function resolverPlan({ args, program }: RunCall): ResolverPlan {
  const command = args.resolver;
  const isOff = args['no-resolver'];
  if (isOff && command !== undefined) throw usageFailure(program, '--resolver and --no-resolver exclude each other');
  return { command, isOff, attempts: args['resolver-attempts'] };
}

function waitOf(args: RunCall['args']): number | undefined {
  return args.wait ?? (args['on-busy'] === 'wait' ? Number.POSITIVE_INFINITY : undefined);
}
