import type { Followup } from '@ralph/protocol/contract/followups';
import type { Task } from '@ralph/protocol/contract/task';
import { freeTaskIds } from './task-id.ts';

/** What an attempt at a task proposes to follow it. */
export interface FollowUps {
  readonly sourceId: string;
  readonly attempt: number;
  readonly tasks: readonly Followup[];
}

/** Both files as they are once the source has been moved. */
interface Tasks {
  readonly queue: readonly Task[];
  readonly done: readonly Task[];
}

/**
 * Makes tasks of the queue from proposals: with the next free ids in their order, related to their source and with its
 * request. Those that the same attempt has added already, by its mark in them, are left out: a landing that is recorded
 * again adds nothing. Pure.
 */
export function followUpTasks(proposals: readonly FollowUps[], { queue, done }: Tasks, at: string): Task[] {
  const all = [...done, ...queue];
  const nextId = freeTaskIds(all.map(({ id }) => id));
  return proposals.flatMap(({ sourceId, attempt, tasks }) => {
    const source = all.find(({ id }) => id === sourceId);
    const mark = `${sourceId}/${attempt}`;
    const added = new Map(all.flatMap((task) => keyOf(task, mark).map((key) => [key, task.id] as const)));
    const fresh = tasks.filter(({ key }) => !added.has(key));
    const ids = new Map([...added, ...fresh.map(({ key }) => [key, nextId()] as const)]);
    return fresh.map((each) => asTask(each, { ids, source, mark, at }));
  });
}

interface Place {
  readonly ids: ReadonlyMap<string, string>;
  readonly source: Task | undefined;
  readonly mark: string;
  readonly at: string;
}

function asTask(
  { key, title, description, priority, tags, scope, evidence, plan, depends_on_keys, independence_rationale }: Followup,
  { ids, source, mark, at }: Place,
): Task {
  const dependsOn = (depends_on_keys ?? []).flatMap((other) => ids.get(other) ?? []);
  const why = independence_rationale?.trim() ?? '';
  const { request } = source ?? {};
  return {
    id: ids.get(key) ?? '',
    status: 'todo',
    title,
    created_at: at,
    updated_at: at,
    ...(priority === undefined ? {} : { priority }),
    ...(isFilled(description) ? { description } : {}),
    ...(isFilled(request) ? { request } : {}),
    ...filled({ tags, scope, evidence, plan, notes: why === '' ? [] : [why], depends_on: dependsOn }),
    // A source that came from elsewhere is in neither file, and a link to it would lead nowhere.
    ...(source === undefined ? {} : { relates_to: [source.id] }),
    custom_fields: { followup_of: mark, followup_key: key },
  };
}

function isFilled(text: string | null | undefined): text is string {
  return typeof text === 'string' && text.trim() !== '';
}

function filled(lists: Readonly<Record<string, readonly string[] | undefined>>): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(lists).flatMap(([name, items]) =>
      items === undefined || items.length === 0 ? [] : [[name, items]],
    ),
  );
}

/** The key under which a task was proposed, where it bears the mark. */
function keyOf(task: Task, mark: string): string[] {
  const custom = task['custom_fields'];
  if (typeof custom !== 'object' || custom === null) return [];
  const { followup_of: of, followup_key: key } = custom as Readonly<Record<string, unknown>>;
  return of === mark && typeof key === 'string' ? [key] : [];
}
