import type { AgentPlan } from '@ralph/protocol/agents/doer';
import type { Call } from '@ralph/protocol/cli/program';
import { isFailure } from '@ralph/protocol/contract/failure';
import { loopOf } from '@ralph/protocol/process/repository';
import type { RUN_OPTIONS } from '../options.ts';
import { planRun, type RunPlan } from '../settings/plan-run.ts';
import { LockHolder } from '../start/lock-holder.ts';
import { preflight, type Ground } from '../start/preflight.ts';
import { apartFromOthers, isBusy, makeSecondLoop, takeBackLoop, type MadeLoop } from './second-loop.ts';

type RunCall = Call<typeof RUN_OPTIONS>;

/** A run that may begin: it has looked at its ground and holds the lock of it. */
export interface Entry {
  readonly plan: RunPlan;
  readonly ground: Ground;
  readonly lock: LockHolder;
  /** The second loop that was made for this run. */
  readonly made?: MadeLoop;
}

/**
 * Looks at the ground of a run and takes its lock. Where another loop has that and the plan says so, a worktree is made
 * for a second one, and the run begins there; when it cannot, the worktree goes again.
 *
 * @throws Failure of the preflight; `lock_held`; what of ralph-worker when no second loop can be made
 */
export async function enterRun(call: RunCall, plan: RunPlan, fromQueue: boolean): Promise<Entry> {
  const note = (line: string) => call.output.note(line);
  try {
    return await take(call, apartFromOthers(plan), fromQueue);
  } catch (error) {
    // Never nested: from within a second loop there is no way on but to wait.
    if (!plan.busy.worktree || loopOf(plan.root) !== undefined || !(await isKeptOut(plan.root, error))) throw error;
  }
  const made = await makeSecondLoop(plan.root, note);
  note(`another run holds the repository: this one is the second loop ${made.name}, in ${made.path} on ${made.branch}`);
  const args = { ...call.args, repo: made.path, 'on-busy': undefined, wait: undefined };
  const moved: RunCall = { ...call, args };
  try {
    return { ...(await take(moved, apartFromOthers(await planRun(moved)), fromQueue)), made };
  } catch (error) {
    await takeBackLoop(made, note);
    throw error;
  }
}

async function take(call: RunCall, plan: RunPlan, fromQueue: boolean): Promise<Entry> {
  const { root, busy, agents } = plan;
  const onNote = (line: string) => call.output.note(line);
  const { signal } = call.stop;
  const look = () => preflight({ plan, fromQueue, signal, onNote });
  const before = await look().catch(async (error: unknown) => {
    if (signal.aborted || !isFailure(error)) throw error;
    if (busy.wait === undefined && !(await isBusy(root))) throw error;
    onNote(`looked at again once the lock is free: ${error.message}`);
  });
  const prompt = `ralph-orchestrate run ${agentText(agents)}`;
  const lock = await LockHolder.take({ repo: root, prompt, wait: busy.wait, signal, onNote });
  call.cleanup.defer('release the loop lock', () => lock.release());
  // What was true before a wait may not be any more, and what another run was in the middle of is done.
  const ground = busy.wait === undefined && before !== undefined ? before : await look();
  return { plan, ground, lock };
}

/** Whether another loop is the cause: its half-done work may be what the preflight has found. */
async function isKeptOut(root: string, error: unknown): Promise<boolean> {
  if (!isFailure(error) || error.code === 'lock_held_by_ancestor' || error.code === 'cancelled') return false;
  return error.code === 'lock_held' || isBusy(root);
}

/** Who looks at the lock reads it. */
function agentText({ command, flags, config }: AgentPlan): string {
  const name = flags.runner ?? (command === undefined ? config.runner : undefined);
  return typeof name === 'string' ? `--agent ${name}` : `-- ${(command ?? config.command ?? []).join(' ')}`;
}
