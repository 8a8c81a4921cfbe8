import { task as taskSchema, type Task } from '@ralph/protocol/contract/task';
import { plainTaskList, type Place, type TaskPlaces } from './plain-task-list.ts';

const BLANKS = /^[ \t\r\n]*$/;
const COMMA = /^[ \t\r\n]*,[ \t\r\n]*$/;

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
 * Returns the tasks of an edited text, if it has no comments and the edit has done what it was to do and nothing else: what
 * stands around the tasks and between them is looked at, those that stay are compared byte by byte, and only those that
 * came are parsed and checked against the schema.
 *
 * @param before the text before, which is sound, and its tasks
 * @returns nothing where that cannot be told so: then all of it has to be read
 */
export function followedEdit(
  before: { readonly text: string; readonly tasks: readonly Task[] },
  text: string,
  { gone, first = [], added }: TaskEdit,
): readonly Task[] | undefined {
  const [old, found] = [plainTaskList(before.text), plainTaskList(text)];
  if (old === undefined || found === undefined || old.elements.length !== before.tasks.length) return undefined;
  if (!isSameFrame(before.text, old, text, found) || !isList(text, found)) return undefined;
  const stay = (_each: unknown, index: number) => !gone.has(index);
  const stayed = old.elements.filter(stay);
  const behind = first.length + stayed.length;
  if (found.elements.length !== behind + added.length) return undefined;
  const sources = found.elements.map((place) => sourceAt(text, place));
  if (stayed.some((place, index) => sourceAt(before.text, place) !== sources[first.length + index])) return undefined;
  const [ahead, last] = [sources.slice(0, first.length), sources.slice(behind)];
  const [led, come] = [cameAs(first, ahead), cameAs(added, last)];
  if (led === undefined || come === undefined) return undefined;
  return [...led, ...before.tasks.filter(stay), ...come];
}

function isSameFrame(before: string, old: TaskPlaces, text: string, found: TaskPlaces): boolean {
  const isSameHead = before.slice(0, old.list.offset) === text.slice(0, found.list.offset);
  return isSameHead && before.slice(old.bracket) === text.slice(found.bracket);
}

/** Tells whether there is one comma between two elements each and nothing else but blanks. */
function isList(text: string, { list, elements, bracket }: TaskPlaces): boolean {
  let end = list.offset + 1;
  for (const [index, { offset, length }] of elements.entries()) {
    if (!(index === 0 ? BLANKS : COMMA).test(text.slice(end, offset))) return false;
    end = offset + length;
  }
  return BLANKS.test(text.slice(end, bracket));
}

/** Returns the tasks that texts hold, if they are those that were to come. */
function cameAs(wanted: readonly string[], found: readonly string[]): readonly Task[] | undefined {
  const values = found.map(parsed);
  if (values.some((value, index) => JSON.stringify(value) !== JSON.stringify(parsed(wanted[index] ?? ''))))
    return undefined;
  const tasks = values.flatMap((value) => taskSchema.safeParse(value).data ?? []);
  return tasks.length === values.length ? tasks : undefined;
}

function sourceAt(text: string, { offset, length }: Place): string {
  return text.slice(offset, offset + length);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
