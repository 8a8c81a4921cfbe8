import { join } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { Secrets } from '@ralph/protocol/process/secrets';
import { enterRun } from '../loops/enter-run.ts';
import { leftToOthers } from '../loops/left-to-others.ts';
import { takeBackLoop } from '../loops/second-loop.ts';
import { checkMetricsFile, keepMetrics } from '../metrics/keep-metrics.ts';
import { setSecretsAside } from '../notify/signing-secrets.ts';
import { startNotifier } from '../notify/start-notifier.ts';
import type { RUN_OPTIONS } from '../options.ts';
import { EventLog } from '../run/event-log.ts';
import { StateKeeper } from '../run/state-keeper.ts';
import { Upkeep } from '../run/upkeep.ts';
import { workThrough } from '../run/work-through.ts';
import { logLimits } from '../settings/log-limits.ts';
import { planRun } from '../settings/plan-run.ts';
import { announceBlocked } from '../start/announce-blocked.ts';
import { requirePrograms } from '../start/programs.ts';
import { recoverAtStart } from '../start/recover-at-start.ts';
import { StopFile } from '../stop/stop-file.ts';
import { withWorkspaces } from '../tasks/kept-workspace.ts';
import { checkGivenTasks } from '../tasks/given-tasks.ts';
import { onlyPushed, PushedTasks } from '../tasks/pushed-tasks.ts';
import { readGivenTasks } from '../tasks/read-given-tasks.ts';
import { fromGiven, fromQueue } from '../tasks/task-source.ts';

type RunCall = Call<typeof RUN_OPTIONS>;

/** `ralph-orchestrate run`: the pipe of the four siblings with selection, one lock and a summary around it. */
export async function run(call: RunCall): Promise<Result> {
  const { args, output, stop } = call;
  checkMetricsFile(args['metrics-file']);
  const note = (line: string) => output.note(line);
  // Before the first of them is asked anything: to tell of one that is missing is not to tell of all.
  requirePrograms(note);
  const asked = await planRun(call);
  const given = args.tasks === undefined ? undefined : await readGivenTasks(args.tasks, () => call.input, stop.signal);
  if (given !== undefined) checkGivenTasks(given);
  const { plan, ground, lock, made } = await enterRun(call, asked, given === undefined);
  const { root } = plan;
  const env = setSecretsAside(process.env, plan.settled.value('notify'));
  output.redact = new Secrets(root).redact;
  // A request that was made while we waited for the lock was made to another.
  const since = plan.busy.wait === undefined ? performance.timeOrigin : Date.now();
  const stopFile = new StopFile(join(root, RALPH_PATHS.stopRequest), { holder: lock.holder, since });
  call.cleanup.defer('take the request to stop away', () => stopFile.takeAway());
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
  const log = new EventLog(join(root, RALPH_PATHS.events), logLimits(plan.settled), note);
  call.cleanup.defer('close the event log', () => log.close());
  keepMetrics(call, log);
  const endNotifier = await startNotifier(call, { root, settled: plan.settled, log, env });
  const upkeep = new Upkeep({
    root,
    keepDays: plan.settled.value('history.keep_days'),
    signal: stop.signal,
    onNote: note,
  });
  log.observe(() => upkeep.take());
  call.cleanup.defer('wait for what is cleared away', () => upkeep.done());
  const { maxFailures } = plan.loop;
  const queued = fromQueue(keeper, { includeDraft: args['include-draft'], maxFailures }, leftToOthers(root, note));
  const pushed = ground.pushedQueue === undefined ? undefined : new PushedTasks(root, ground.pushedQueue);
  const ready = pushed === undefined ? queued : onlyPushed(queued, pushed, note);
  const select = given === undefined ? ready : await fromGiven(given, keeper, { repo: root, maxFailures }, note);
  const { result, attempted } = await workThrough(call, {
    plan,
    ground,
    keeper,
    log,
    lock,
    select: withWorkspaces(select, root, ground.targetBranch, note),
    stopFile,
    recovery,
    given: given?.length,
    live: !args['no-live'],
  });
  await upkeep.done();
  if (made !== undefined && attempted === 0) {
    await endNotifier();
    await keeper.end();
    await lock.release();
    await takeBackLoop(made, note);
  }
  return result;
}
