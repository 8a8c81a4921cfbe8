import type { AnyEvent, EventOf, EventType } from '@ralph/protocol/contract/events';
import type { Usage } from '@ralph/protocol/contract/usage';
import { addUsage } from '@ralph/protocol/usage/add-usage';
import { MOST_LIMITS } from '../run/pause.ts';
import { cellText } from './cell-text.ts';
import { newRow, rowAfter, rowBelow, type Row } from './row.ts';

export type Ending = 'landed' | 'published' | 'failed' | 'blocked';

/** What somebody who watches a run sees of it. Words of others in it are fit for a terminal. */
export interface Model {
  readonly startedAt: number | undefined;
  /** How many gates each piece of work has to pass; nothing where that is not known. */
  readonly gates: number | undefined;
  /** How many tasks were handed over in place of the queue. */
  readonly given: number | undefined;
  /** The tasks at work, in the order in which they were taken up. */
  readonly rows: ReadonlyMap<string, Row>;
  readonly ended: ReadonlyMap<string, Ending>;
  /** How often each task was turned away by a rate limit. */
  readonly limits: ReadonlyMap<string, number>;
  /** How many pieces of work have come to be integrated. */
  readonly arrivals: number;
  readonly usage: Usage | undefined;
  /** In ms of the wall clock. */
  readonly pausedUntil: number | undefined;
  /** Why nothing more is started. */
  readonly stopping: string | undefined;
}

export const NOTHING_SEEN: Model = {
  startedAt: undefined,
  gates: undefined,
  given: undefined,
  rows: new Map(),
  ended: new Map(),
  limits: new Map(),
  arrivals: 0,
  usage: undefined,
  pausedUntil: undefined,
  stopping: undefined,
};

type Steps = { readonly [T in EventType]?: (model: Model, event: EventOf<T>) => Model };

const STEPS: Steps = {
  'run.started': (_, { at, gates, given_tasks: given }) => {
    return { ...NOTHING_SEEN, startedAt: Date.parse(at), gates, given };
  },
  'run.paused': (model, { at, retry_after: seconds }) => {
    return { ...model, pausedUntil: Date.parse(at) + seconds * 1000 };
  },
  'run.stopping': (model, { reason }) => ({ ...model, stopping: cellText(reason) }),
  'task.completed': (model, event) => ended(model, event.task_id, 'landed'),
  'task.published': (model, event) => ended(model, event.task_id, 'published'),
  'task.blocked': (model, event) => ended(model, event.task_id, 'blocked'),
  'task.failed': (model, event) => notDone(model, event, 'failed'),
  'task.skipped': (model, event) => notDone(model, event, 'blocked'),
  'agent.finished': (model, event) => worked(spent(model, event.usage), event),
  'remediation.finished': (model, event) => worked(spent(model, event.usage), event),
};

/** Returns what is seen after one more event. Pure. */
export function modelAfter(model: Model, event: AnyEvent): Model {
  const step = STEPS[event.type] as ((model: Model, event: AnyEvent) => Model) | undefined;
  return step === undefined ? worked(model, event) : step(model, event);
}

/** Returns what is seen once a line of an agent's output is known. */
export function modelWithLine(model: Model, id: string, line: string): Model {
  const row = model.rows.get(id);
  const lastLine = cellText(line);
  if (row === undefined || row.lastLine === lastLine) return model;
  // What it says in them is told by its progress.
  if (row.speaks && row.phase === 'agent') return model;
  return withRow(model, { ...row, lastLine });
}

function worked(model: Model, event: AnyEvent): Model {
  const id = event.task_id;
  if (id === undefined) return model;
  const before = model.rows.get(id);
  // Late news of one that has ended is no work.
  if (before === undefined && event.type === 'agent.progress') return model;
  const known = before ?? newRow(id, Date.parse(event.at));
  const after = rowAfter(known, event, model.arrivals);
  if (after === known) return model;
  const isNew = after.arrival !== undefined && known.arrival === undefined;
  const next = withRow(isNew ? { ...model, arrivals: model.arrivals + 1 } : model, after);
  return judgedWith(next, after, event.type === 'ci.started' ? (event.with ?? []) : []);
}

/** Those whose work is part of the tree that a gate judges are at the gate, too, and pass it with the others. */
function judgedWith(model: Model, judged: Row, ids: readonly string[]): Model {
  let next = model;
  for (const row of model.rows.values()) {
    if (row.id === judged.id) continue;
    if (row.judgedBy === judged.id || ids.includes(row.id)) next = withRow(next, rowBelow(row, judged));
  }
  return next;
}

function withRow(model: Model, row: Row): Model {
  const rows = new Map(model.rows).set(row.id, row);
  if (!model.ended.has(row.id)) return { ...model, rows };
  // It was taken up again.
  const ends = new Map(model.ended);
  ends.delete(row.id);
  return { ...model, rows, ended: ends };
}

function spent(model: Model, usage: Usage | undefined): Model {
  return usage === undefined ? model : { ...model, usage: addUsage(model.usage, usage) };
}

function gone(model: Model, id: string): Model {
  const rows = new Map(model.rows);
  return rows.delete(id) ? { ...model, rows } : model;
}

function ended(model: Model, id: string, how: Ending): Model {
  return { ...gone(model, id), ended: new Map(model.ended).set(id, how) };
}

/** One that a rate limit turned away waits for its next turn, as those of the queue, unless it has had too many. */
function notDone(model: Model, { task_id: id, code }: EventOf<'task.failed' | 'task.skipped'>, how: Ending): Model {
  if (code !== 'rate_limited') return ended(model, id, how);
  const times = (model.limits.get(id) ?? 0) + 1;
  const counted = { ...model, limits: new Map(model.limits).set(id, times) };
  return times < MOST_LIMITS ? gone(counted, id) : ended(counted, id, 'failed');
}
