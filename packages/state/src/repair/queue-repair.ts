import { isFailure, type Failure } from '@ralph/protocol/contract/failure';
import { placed } from '../queue/placed-problems.ts';
import type { QueueProblem, QueueSide } from '../queue/queue-problem.ts';
import { findProblems } from '../queue/queue-validation.ts';
import { changeTasks, parseQueue, type QueueDocument } from '../store/queue-document.ts';
import type { QueueText } from '../store/queue-store.ts';
import { positionsIn } from '../store/text-position.ts';
import type { Finding } from './finding.ts';
import { queueSteps, type QueueStep } from './queue-steps.ts';

export interface QueueMend {
  readonly findings: readonly Finding[];
  /** What the files are to become; one that is not changed is absent. */
  readonly changed: Partial<Record<QueueSide, QueueDocument>>;
}

const SIDES = ['queue', 'done'] as const;

/**
 * Says what is wrong with the queue and the done file and what they are to become. While one of them cannot be read
 * neither is changed, since nobody knows its ids. Pure, but for the loading of the parser.
 *
 * @param dryRun places of what is left are those of the files as they stand, not of the mended ones
 */
export async function mendQueues(
  sources: Readonly<Record<QueueSide, QueueText>>,
  now: Date,
  dryRun: boolean,
): Promise<QueueMend> {
  const queue = await readOrRefuse(sources.queue);
  const done = await readOrRefuse(sources.done);
  if (!('tasks' in queue) || !('tasks' in done)) {
    const refused = [queue, done].filter((each) => !('tasks' in each));
    return { findings: refused.map(unreadable), changed: {} };
  }
  const before = { queue, done };
  const steps = queueSteps(queue.tasks, done.tasks, now);
  const after = { queue: await withSteps(queue, steps, 'queue'), done: await withSteps(done, steps, 'done') };
  const left = findProblems(after.queue.tasks, after.done.tasks);
  const findings = [
    ...(await stepFindings(steps, before)),
    ...(await leftFindings(left, steps, before, after, dryRun)),
  ];
  const changed = SIDES.filter((side) => after[side] !== before[side]).map((side) => [side, after[side]] as const);
  return { findings, changed: Object.fromEntries(changed) };
}

async function readOrRefuse({
  path,
  text,
  failure,
}: QueueText): Promise<QueueDocument | { path: string; failure: Failure }> {
  if (failure !== undefined) return { path, failure };
  try {
    return await parseQueue(text, path);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { path, failure: error };
  }
}

function unreadable(refused: QueueDocument | { path: string; failure: Failure }): Finding {
  const { path } = refused;
  const failure = 'failure' in refused ? refused.failure : undefined;
  const { line, column } = failure?.parts.details ?? {};
  const known = typeof line === 'number' && typeof column === 'number';
  const message = failure?.message ?? '';
  const place = known ? `${path}:${line}:${column}: ` : `${path}: `;
  return {
    code: 'queue_unreadable',
    file: path,
    at: known ? { line, column } : undefined,
    problem: message.startsWith(place) ? message.slice(place.length) : message,
    action: 'left for a person: mend that place, or restore the file, and repair again',
    mendable: false,
  };
}

function withSteps(document: QueueDocument, steps: readonly QueueStep[], side: QueueSide): Promise<QueueDocument> {
  const own = steps.filter(({ file }) => file === side);
  if (own.length === 0) return Promise.resolve(document);
  const values = own.flatMap(({ index, set }) => (set === undefined ? [] : [{ index, ...set }]));
  return changeTasks(document, values, goneFrom(steps, side));
}

function goneFrom(steps: readonly QueueStep[], side: QueueSide): ReadonlySet<number> {
  return new Set(steps.filter(({ file, set }) => file === side && set === undefined).map(({ index }) => index));
}

async function stepFindings(
  steps: readonly QueueStep[],
  before: Readonly<Record<QueueSide, QueueDocument>>,
): Promise<Finding[]> {
  if (steps.length === 0) return [];
  const positions = {
    queue: await positionsIn(before.queue.text ?? ''),
    done: await positionsIn(before.done.text ?? ''),
  };
  return steps.map(({ file, index, code, problem, action }) => {
    const { path, tasks } = before[file];
    const at = positions[file](['tasks', index]);
    return { code, file: path, at, taskId: tasks[index]?.id, problem, action, mendable: true };
  });
}

async function leftFindings(
  left: readonly QueueProblem[],
  steps: readonly QueueStep[],
  before: Readonly<Record<QueueSide, QueueDocument>>,
  after: Readonly<Record<QueueSide, QueueDocument>>,
  dryRun: boolean,
): Promise<Finding[]> {
  const origins = Object.fromEntries(
    SIDES.map((side) => {
      const gone = goneFrom(steps, side);
      return [side, [...before[side].tasks.keys()].filter((index) => !gone.has(index))];
    }),
  );
  const shown = dryRun
    ? await placed(
        left.map((each) => ({ ...each, index: origins[each.file]?.[each.index] ?? each.index })),
        before.queue,
        before.done,
      )
    : await placed(left, after.queue, after.done);
  return shown.map(({ path, line, column, id, code, message }) => ({
    code,
    file: path,
    at: line === undefined || column === undefined ? undefined : { line, column },
    taskId: id,
    problem: message,
    action: 'left for a person',
    mendable: false,
  }));
}
