import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { callSibling } from '@ralph/protocol/process/sibling';
import { finishRun } from '../end/finish-run.ts';
import type { RUN_OPTIONS } from '../options.ts';
import { Crew } from '../run/crew.ts';
import { EventLog } from '../run/event-log.ts';
import { RunLoop } from '../run/run-loop.ts';
import { StateKeeper } from '../run/state-keeper.ts';
import { planRun, type RunPlan } from '../settings/plan-run.ts';
import { clearWorkspaces } from '../start/clear-workspaces.ts';
import { LockHolder } from '../start/lock-holder.ts';
import { preflight, type Ground } from '../start/preflight.ts';
import { checkGivenTasks } from '../tasks/given-tasks.ts';
import { readGivenTasks } from '../tasks/read-given-tasks.ts';
import { fromGiven, fromQueue, type TaskSource } from '../tasks/task-source.ts';

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
  const ground = plan.waitForLock === undefined ? before : await look();
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
  return runLoop(call, { plan, ground, keeper, log, lock, select });
}

interface RunParts {
  readonly plan: RunPlan;
  readonly ground: Ground;
  readonly keeper: StateKeeper;
  readonly log: EventLog;
  readonly lock: LockHolder;
  readonly select: TaskSource;
}

async function runLoop(call: RunCall, { plan, ground, keeper, log, lock, select }: RunParts): Promise<Result> {
  const { output, stop } = call;
  const { root, ci, publishing, settings, maxTasks, command, words } = plan;
  const { targetBranch, workspaceRoot } = ground;
  const { workers } = settings;
  const started = Date.now();
  const runId = `run-${new Date(started).toISOString().replace(/[-:]|\..*/g, '')}-${randomBytes(3).toString('hex')}`;
  log.append(await output.event('run.started', { run_id: runId, target_branch: targetBranch, workers }));
  const crew = new Crew({ repo: root, targetBranch, workspaceRoot, command, words }, (line) => output.note(line));
  const loop = new RunLoop({ crew, keeper, log, output, workers, maxTasks, select });
  const interrupt = () => {
    if (stop.cause?.kind === 'signal')
      output.note('stopping: the agents are ended and their work is kept; once more kills at once');
    loop.fail(undefined);
  };
  stop.signal.addEventListener('abort', interrupt, { once: true });
  if (stop.signal.aborted) interrupt();
  stop.onForce(() => crew.kill());
  void lock.lost.then((lost) => {
    if (lost !== undefined) loop.fail(lost);
  });
  const end = await loop.run();
  return finishRun(call, { end, runId, started, log, landing: { root, targetBranch, ci, publishing } });
}
