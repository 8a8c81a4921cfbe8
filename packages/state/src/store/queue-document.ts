import { isDeepStrictEqual } from 'node:util';
import type { QueueFile, Task } from '@ralph/protocol/contract/task';
import type { TaskEdit } from './followed-edit.ts';
import { knownTasks, remember } from './known-queues.ts';
import { parseDocument } from './read-document.ts';
import { withValues, type ValueChange } from './queue-values.ts';
import { elementTexts, newQueueText, withElements, withElementsFirst, withoutElements } from './queue-edit.ts';

/** One of the two files of tasks, as it was read. */
export interface QueueDocument {
  readonly path: string;
  /** Absent when there is no file. */
  readonly text: string | undefined;
  readonly tasks: readonly Task[];
}

/**
 * Reads the text of a queue or done file.
 *
 * @throws Failure `queue_corrupt` naming file, line and column
 */
export async function parseQueue(text: string | undefined, path: string): Promise<QueueDocument> {
  if (text === undefined) return { path, text, tasks: [] };
  const known = knownTasks(text);
  if (known !== undefined) return { path, text, tasks: known };
  const source = { text, path, code: 'queue_corrupt' } as const;
  const value = await parseDocument(text, path, source.code);
  const [{ queueFile }, { checkDocument }] = await Promise.all([
    import('@ralph/protocol/contract/task'),
    import('./check-document.ts'),
  ]);
  const { tasks } = await checkDocument<QueueFile>(queueFile, value, source);
  remember(text, tasks);
  return { path, text, tasks };
}

/** Returns the document with tasks at its end, each given as its source. */
export async function appendTasks(document: QueueDocument, elements: readonly string[]): Promise<QueueDocument> {
  const text = await edited(document, (body) => withElements(body, elements));
  return checked(document, text, { gone: new Set(), added: elements });
}

/** Returns the document with tasks before all others, each given as its source. */
export async function prependTasks(document: QueueDocument, elements: readonly string[]): Promise<QueueDocument> {
  const text = await edited(document, (body) => withElementsFirst(body, elements));
  return checked(document, text, { gone: new Set(), first: elements, added: [] });
}

/** Returns the document without the tasks at some indexes. */
export async function removeTasks(document: QueueDocument, indexes: readonly number[]): Promise<QueueDocument> {
  const text = await edited(document, (body) => withoutElements(body, indexes));
  return checked(document, text, { gone: new Set(indexes), added: [] });
}

/** Returns the document with some values of its tasks set and then without the tasks at some indexes. */
export async function changeTasks(
  document: QueueDocument,
  values: readonly ValueChange[],
  gone: ReadonlySet<number>,
): Promise<QueueDocument> {
  const text = await edited(document, async (body) => withoutElements(await withValues(body, values), [...gone]));
  const expected = document.tasks.map((task, index) => ({
    ...task,
    ...Object.fromEntries(values.filter((each) => each.index === index).map(({ name, value }) => [name, value])),
  }));
  const after = await parseQueue(text, document.path);
  const left = expected.filter((_task, index) => !gone.has(index));
  if (isDeepStrictEqual(after.tasks, left)) return after;
  throw wentWrong(document);
}

/** Returns the sources of tasks as they stand in the file. */
export function taskTexts(document: QueueDocument, indexes: readonly number[]): Promise<string[]> {
  return elementTexts(withoutMark(document.text ?? ''), indexes);
}

async function edited(document: QueueDocument, edit: (body: string) => Promise<string>): Promise<string> {
  const text = document.text ?? newQueueText();
  const body = withoutMark(text);
  return `${body.length < text.length ? '\uFEFF' : ''}${await edit(body)}`;
}

/** An edit that does not leave the other tasks as they were is a bug, and must not reach the file. */
async function checked(before: QueueDocument, text: string, edit: TaskEdit): Promise<QueueDocument> {
  const { followedEdit } = await import('./followed-edit.ts');
  const followed = followedEdit({ ...before, text: before.text ?? newQueueText() }, text, edit);
  if (followed !== undefined) {
    remember(text, followed);
    return { ...before, text, tasks: followed };
  }
  const added = edit.added.length + (edit.first?.length ?? 0) - edit.gone.size;
  const after = await parseQueue(text, before.path).catch(() => undefined);
  const known = new Set(before.tasks.map((task) => JSON.stringify(task)));
  const strange = after?.tasks.filter((task) => !known.has(JSON.stringify(task))).length ?? 0;
  if (after?.tasks.length === before.tasks.length + added && strange <= Math.max(0, added)) return after;
  throw wentWrong(before);
}

function wentWrong({ path }: QueueDocument): Error {
  return new Error(`an edit of ${path} went wrong; the file was left as it is`);
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
