import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { finishRun } from '../end/finish-run.ts';
import type { RUN_OPTIONS } from '../options.ts';
import { Crew } from '../run/crew.ts';
import { EventLog } from '../run/event-log.ts';
import { RunLoop } from '../run/run-loop.ts';
import { StateKeeper } from '../run/state-keeper.ts';
import { planRun, type RunPlan } from '../settings/plan-run.ts';
import { announceBlocked } from '../start/announce-blocked.ts';
import type { Recovery } from '../start/carry-out.ts';
import { LockHolder } from '../start/lock-holder.ts';
import { preflight, type Ground } from '../start/preflight.ts';
import { recoverAtStart } from '../start/recover-at-start.ts';
import { StopFile } from '../stop/stop-file.ts';
import { checkGivenTasks } from '../tasks/given-tasks.ts';
import { readGivenTasks } from '../tasks/read-given-tasks.ts';
import type { TaskSource } from '../tasks/choice.ts';
import { fromGiven, fromQueue } from '../tasks/task-source.ts';

type RunCall = Call<typeof RUN_OPTIONS>;

/** `ralph-orchestrate run`: the pipe of the four siblings with selection, one lock and a summary around it. */
export async function run(call: RunCall): Promise<Result> {
  const { args, output, stop } = call;
  const plan = await planRun(call);
  const { root } = plan;
  const given = args.tasks === undefined ? undefined : await readGivenTasks(args.tasks, () => call.input, stop.signal);
  if (given !== undefined) checkGivenTasks(given);
  const note = (line: string) => output.note(line);
  const look = () => preflight({ plan, fromQueue: given === undefined, onNote: note });
  const before = await look();
  const prompt = `ralph-orchestrate run -- ${plan.command.join(' ')}`;
  const lock = await LockHolder.take({ repo: root, prompt, wait: plan.waitForLock, signal: stop.signal, onNote: note });
  call.cleanup.defer('release the loop lock', () => lock.release());
  const since = plan.waitForLock === undefined ? performance.timeOrigin : Date.now();
  const stopFile = new StopFile(join(root, RALPH_PATHS.stopRequest), { holder: lock.holder, since });
  call.cleanup.defer('take the request to stop away', () => stopFile.takeAway());
  const ground = plan.waitForLock === undefined ? before : await look();
  const { retentionSeconds } = plan.settings;
  const past = { repo: root, ...ground, retentionSeconds, given, signal: stop.signal, onNote: note };
  const recovery = await recoverAtStart(past);
  if (given === undefined) await announceBlocked(root, note);
  const keeper = new StateKeeper(['--repo', root], note, (code, message) => {
    // A late result of an earlier attempt is no news to a person; anything else is.
    if (code === 'fenced') output.detail(`ralph-state: ${message}`);
    else output.note(`ralph-state: ${message}`);
  });
  call.cleanup.defer('end ralph-state', () => keeper.end());
  const log = new EventLog(join(root, RALPH_PATHS.events));
  call.cleanup.defer('close the event log', () => log.close());
  const { maxFailures } = plan.loop;
  const select =
    given === undefined
      ? fromQueue(keeper, { includeDraft: args['include-draft'], maxFailures })
      : await fromGiven(given, { repo: root, maxFailures }, note);
  return runLoop(call, {
    plan,
    ground,
    keeper,
    log,
    lock,
    select,
    stopFile,
    recovery,
  });
}

interface RunParts {
  readonly plan: RunPlan;
  readonly ground: Ground;
  readonly keeper: StateKeeper;
  readonly log: EventLog;
  readonly lock: LockHolder;
  readonly select: TaskSource;
  readonly stopFile: StopFile;
  readonly recovery: Recovery;
}

async function runLoop(call: RunCall, parts: RunParts): Promise<Result> {
  const { plan, ground, keeper, log, lock, select, stopFile, recovery } = parts;
  const { output, stop } = call;
  const { root, settings, maxTasks, command, words } = plan;
  const { targetBranch, workspaceRoot } = ground;
  const { workers } = settings;
  const started = Date.now();
  const runId = `run-${new Date(started).toISOString().replace(/[-:]|\..*/g, '')}-${randomBytes(3).toString('hex')}`;
  log.append(await output.event('run.started', { run_id: runId, target_branch: targetBranch, workers }));
  for (const event of [...recovery.blocked, ...recovery.adopted]) await keeper.record(event);
  for (const fields of recovery.told) log.append(await output.event('task.recovered', fields));
  const crew = new Crew({ repo: root, targetBranch, workspaceRoot, command, words }, (line) => output.note(line));
  const policy = { ...plan.loop, workers, maxTasks };
  const { adopted, statePath } = recovery;
  const loop = new RunLoop({ root, statePath, runId, crew, keeper, log, output, policy, select, stopFile, adopted });
  const interrupt = () => {
    if (stop.cause?.kind === 'signal')
      output.note('stopping: the agents are ended and their work is kept; once more kills at once');
    loop.interrupt();
  };
  stop.signal.addEventListener('abort', interrupt, { once: true });
  if (stop.signal.aborted) interrupt();
  stop.onForce(() => crew.kill());
  void lock.lost.then((lost) => {
    if (lost !== undefined) loop.fail(lost);
  });
  const end = await loop.run();
  const again = commandLine(['ralph-orchestrate', ...process.argv.slice(2)]);
  return finishRun(call, { end, runId, started, log, again });
}
