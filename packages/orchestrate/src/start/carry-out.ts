import { optionWords } from '@ralph/protocol/cli/option-words';
import type { EventFields, EventOf } from '@ralph/protocol/contract/events';
import { isFailure } from '@ralph/protocol/contract/failure';
import { callSibling } from '@ralph/protocol/process/sibling';
import { placeWords, placeWordsOf, type Found, type Scene } from './gather-leftovers.ts';
import type { Planned } from './leftover.ts';
import { blockedAnew, finishedAnew } from './told-anew.ts';

/** What came of a recovery. */
export interface Recovery extends CarriedOut {
  /** The state file. */
  readonly statePath: string;
}

export interface CarriedOut {
  /** What became of each leftover, to be told once the run has begun. */
  readonly told: readonly EventFields<'task.recovered'>[];
  /** Finished work that goes straight to the integrator. */
  readonly adopted: readonly EventOf<'agent.finished'>[];
  /** What was kept for a person and nobody had recorded. */
  readonly blocked: readonly EventOf<'task.blocked'>[];
}

export const NOTHING_LEFT: CarriedOut = { told: [], adopted: [], blocked: [] };

interface Outcome {
  readonly action?: Planned['action'];
  readonly reason?: string;
  readonly salvageRef?: string;
  readonly adopted?: EventOf<'agent.finished'>;
  readonly blocked?: EventOf<'task.blocked'>;
}

/**
 * Does what was planned, by the siblings. A leftover that cannot be cleared away stays and is told; it stops nothing.
 *
 * @param targetBranch where restored work is to land
 */
export async function carryOut(
  scene: Scene,
  found: Found,
  plan: readonly Planned[],
  targetBranch: string,
): Promise<CarriedOut> {
  const reaped = await reap(scene, found, plan);
  const told: EventFields<'task.recovered'>[] = [];
  const adopted: EventOf<'agent.finished'>[] = [];
  const blocked: EventOf<'task.blocked'>[] = [];
  for (const planned of plan) {
    const outcome = reaped.get(planned.leftover.taskId) ?? (await settle(scene, found, planned, targetBranch));
    if (outcome.adopted !== undefined) adopted.push(outcome.adopted);
    if (outcome.blocked !== undefined) blocked.push(outcome.blocked);
    told.push(wordsOf(planned, outcome));
  }
  return { told, adopted, blocked };
}

function wordsOf({ leftover, action, reason }: Planned, outcome: Outcome): EventFields<'task.recovered'> {
  const attempt = leftover.workspace?.attempt ?? leftover.record?.attempt;
  return {
    task_id: leftover.taskId,
    ...(attempt === undefined ? {} : { attempt }),
    action: outcome.action ?? action,
    reason: outcome.reason === undefined ? reason : `${reason}; ${outcome.reason}`,
    ...(outcome.salvageRef === undefined ? {} : { salvage_ref: outcome.salvageRef }),
  };
}

interface Reaped {
  readonly task_id: string;
  readonly action: string;
  readonly what: string;
  readonly reason: string;
  readonly salvage_ref?: string;
}

/** One call ends what lives on without its owner, removes what is planned to go, and sweeps what stands for nothing. */
async function reap(scene: Scene, found: Found, plan: readonly Planned[]): Promise<ReadonlyMap<string, Outcome>> {
  const going = new Map(
    plan.flatMap(({ remedy, leftover }) =>
      remedy.kind === 'reap' && !found.elsewhere.has(leftover.taskId)
        ? [[leftover.taskId, leftover.workspace?.path] as const]
        : [],
    ),
  );
  const keep = [...found.workspaces.keys()].filter((id) => !going.has(id)).flatMap((id) => ['--keep', id]);
  try {
    const rows = (await callSibling('ralph-worker', ['reap', ...placeWords(scene), ...keep], scene.onNote)) as unknown;
    const outcomes = (rows as Reaped[]).flatMap((row): [string, Outcome][] => {
      if (going.get(row.task_id) !== row.what) return [];
      return [[row.task_id, row.action === 'removed' ? salvaged(row.salvage_ref) : stays(row.reason)]];
    });
    return new Map([...[...going.keys()].map((id) => [id, {}] as [string, Outcome]), ...outcomes]);
  } catch (error) {
    const outcome = stays(wordsOfFailure(error));
    return new Map([...going.keys()].map((id) => [id, outcome]));
  }
}

async function settle(scene: Scene, found: Found, planned: Planned, targetBranch: string): Promise<Outcome> {
  const { leftover, remedy } = planned;
  try {
    switch (remedy.kind) {
      case 'wait':
      case 'leave':
      case 'forget':
        return {};
      case 'reap':
        return await remove(scene, found, leftover.taskId, leftover.workspace?.attempt);
      case 'remove':
        return await remove(scene, found, leftover.taskId, remedy.attempt);
      case 'adopt':
        return remedy.restore
          ? await restore(scene, found, planned, { attempt: remedy.attempt, targetBranch })
          : { adopted: finishedAnew(scene.repo, found, { taskId: leftover.taskId, attempt: remedy.attempt }) };
      case 'record_blocked':
        return { blocked: blockedAnew(scene.repo, leftover, remedy.attempt) };
    }
  } catch (error) {
    return stays(wordsOfFailure(error));
  }
}

async function remove(scene: Scene, found: Found, taskId: string, attempt: number | undefined): Promise<Outcome> {
  const fence = attempt === undefined ? [] : ['--attempt', String(attempt)];
  const [row] = await callSibling(
    'ralph-worker',
    ['remove', taskId, ...fence, ...placeWordsOf(scene, found, taskId)],
    scene.onNote,
  );
  const [kept] = (row?.['salvaged'] ?? []) as { readonly ref: string }[];
  return salvaged(kept?.ref);
}

async function restore(
  scene: Scene,
  found: Found,
  { leftover: { taskId } }: Planned,
  { attempt, targetBranch }: { readonly attempt: number; readonly targetBranch: string },
): Promise<Outcome> {
  const words = ['prepare', taskId, '--from-attempt', String(attempt), ...optionWords('--target-branch', targetBranch)];
  let path: string | undefined;
  try {
    const [made] = await callSibling('ralph-worker', [...words, ...placeWords(scene)], scene.onNote);
    path = String(made?.['workspace_path']);
  } catch (error) {
    // All of it is on the target branch: the integrator says so without a workspace.
    if (!isFailure(error) || error.code !== 'no_changes') {
      return { action: 'requeued', reason: `it is begun anew, since ${wordsOfFailure(error)}` };
    }
  }
  return { adopted: finishedAnew(scene.repo, found, { taskId, attempt, path }) };
}

function salvaged(ref: string | undefined): Outcome {
  return ref === undefined ? {} : { salvageRef: ref };
}

function stays(why: string): Outcome {
  return { action: 'kept', reason: `but it stays: ${why}` };
}

function wordsOfFailure(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
