import { task as taskSchema, type Task } from '@ralph/protocol/contract/task';

/** What an edit was to do to the tasks of a text. */
export interface TaskEdit {
  /** Indexes of the tasks that go. */
  readonly gone: ReadonlySet<number>;
  /** Sources of the tasks that come before the others. */
  readonly first?: readonly string[];
  /** Sources of the tasks that come behind the others. */
  readonly added: readonly string[];
}

/**
 * Returns the tasks of an edited text, if it is plain JSON and the edit has done what it was to do and nothing else: each
 * task is compared with what it was, but only those that came are checked against the schema.
 *
 * @param before the text before and its tasks
 * @returns nothing where that cannot be told so: then all of it has to be read
 */
export function followedEdit(
  before: { readonly text: string; readonly tasks: readonly Task[] },
  text: string,
  { gone, first = [], added }: TaskEdit,
): readonly Task[] | undefined {
  const [old, found] = [sourcesIn(before.text), sourcesIn(text)];
  if (old === undefined || found === undefined || old.length !== before.tasks.length) return undefined;
  const [led, come] = [first.map(parsed), added.map(parsed)];
  const stay = (_each: unknown, index: number) => !gone.has(index);
  const expected = [...led.map(sourceOf), ...old.filter(stay), ...come.map(sourceOf)];
  if (expected.length !== found.length || expected.some((source, index) => source !== found[index])) return undefined;
  const [ahead, behind] = [checkedTasks(led), checkedTasks(come)];
  if (ahead === undefined || behind === undefined) return undefined;
  return [...ahead, ...before.tasks.filter(stay), ...behind];
}

function checkedTasks(values: readonly unknown[]): readonly Task[] | undefined {
  const checked = values.flatMap((value) => taskSchema.safeParse(value).data ?? []);
  return checked.length === values.length ? checked : undefined;
}

function sourceOf(value: unknown): string {
  return JSON.stringify(value);
}

function sourcesIn(text: string): string[] | undefined {
  const value = parsed(text);
  const tasks = typeof value === 'object' && value !== null && 'tasks' in value ? value.tasks : undefined;
  return Array.isArray(tasks) ? tasks.map(sourceOf) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
