import { join } from 'node:path';
import { Failure, FAILURE_CODES, isFailure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { Task } from '@ralph/protocol/contract/task';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { sweepNextFiles } from '@ralph/protocol/process/next-file';
import { readDocumentText, requireSize } from './document-text.ts';
import { appendTasks, parseQueue, removeTasks, taskTexts, type QueueDocument } from './queue-document.ts';
import { withProperties } from './queue-edit.ts';
import { archivedProperties, indexOfTask, leftBehind } from '../queue/archiving.ts';
import type { FollowUps } from '../queue/follow-ups.ts';
import { readSettled, type Memory } from './settled-read.ts';
import type { WriteLock } from './write-lock.ts';

export interface QueuePair {
  readonly queue: QueueDocument;
  readonly done: QueueDocument;
}

/** How tasks are moved to the done file. */
export interface Archiving {
  readonly now: Date;
  /** Asked for each of the tasks whether it is to be moved. */
  readonly isDue: (task: Task) => boolean;
  readonly proposed: readonly FollowUps[];
}

/** One of the files as it stands. */
export interface QueueText {
  readonly path: string;
  /** Absent when there is no file, or none that is a text. */
  readonly text: string | undefined;
  /** Why the file is no text that could be read. */
  readonly failure?: Failure;
}

/** The queue and the done file of one repository; nothing else opens them. */
export class QueueStore {
  readonly root: string;
  readonly #queuePath: string;
  readonly #donePath: string;
  readonly #memory: Memory<QueuePair> = {};

  constructor(root: string) {
    this.root = root;
    this.#queuePath = join(root, RALPH_PATHS.queue);
    this.#donePath = join(root, RALPH_PATHS.done);
  }

  /**
   * Reads both files; a missing one has no tasks. Waits for a git that is bringing the checkout up to date.
   *
   * @throws Failure `queue_corrupt`, `file_too_large`, `permission` or `io`
   */
  async read(): Promise<QueuePair> {
    const paths = [this.#queuePath, this.#donePath] as const;
    const read = async () => ({ queue: await readQueue(paths[0]), done: await readQueue(paths[1]) });
    return readSettled(this.root, paths, read, this.#memory);
  }

  /**
   * Returns the texts of both files, whether they can be understood or not.
   *
   * @throws Failure `permission` or `io`
   */
  texts(): Readonly<Record<'queue' | 'done', QueueText>> {
    return { queue: queueText(this.#queuePath), done: queueText(this.#donePath) };
  }

  /**
   * Replaces one of the files by a document of its path.
   *
   * @throws Failure `disk_full`, `permission` or `io`; the file is then as it was
   */
  async replace(lock: WriteLock, document: QueueDocument): Promise<void> {
    await this.#write(lock, document);
  }

  /**
   * Reads both files and drops from the queue what a killed writer had moved to done already.
   *
   * @throws Failure as `read`, or that of the write
   */
  async readHealed(lock: WriteLock): Promise<QueuePair> {
    const pair = await this.read();
    const left = leftBehind(pair);
    if (left.length === 0) return pair;
    return { ...pair, queue: await this.#write(lock, await removeTasks(pair.queue, left)) };
  }

  /**
   * Adds tasks to the end of the queue, in one write.
   *
   * @param requireSound throws when the queue must not become what it would be; nothing is written then
   */
  async add(
    lock: WriteLock,
    pair: QueuePair,
    tasks: readonly Task[],
    requireSound: (after: QueuePair) => Promise<void>,
  ): Promise<void> {
    const elements = tasks.map((task) => JSON.stringify(task, null, 2));
    const queue = await appendTasks(pair.queue, elements);
    await requireSound({ ...pair, queue });
    await this.#write(lock, queue);
  }

  /**
   * Moves a task from the queue to the end of the done file, its comments and unknown fields included, and adds what was
   * proposed to follow it.
   *
   * @returns the task as it stands in the done file, and what was added
   * @throws Failure `task_not_found` when it is in neither file; then nothing is added
   */
  async archive(
    lock: WriteLock,
    { id, now, proposed }: { readonly id: string; readonly now: Date; readonly proposed: readonly FollowUps[] },
  ): Promise<{ readonly record: Task; readonly added: readonly Task[] }> {
    const known = await this.read();
    if (indexOfTask(known.queue.tasks, id) === -1 && indexOfTask(known.done.tasks, id) === -1) {
      throw new Failure('task_not_found', `no task ${id} in ${known.queue.path} or ${known.done.path}`, {
        hint: 'see the ids with ralph-state task list',
        taskId: id,
      });
    }
    const { done, added } = await this.archiveAll(lock, [id], { now, isDue: () => true, proposed });
    const archived = done.tasks.findLast((task) => task.id === id && task.status !== 'rejected');
    const record = archived ?? done.tasks.findLast((task) => task.id === id);
    if (record === undefined) throw new Error(`${id} was moved to ${done.path} and is not there`);
    return { record, added };
  }

  /**
   * Moves the tasks of the queue that some ids mean to the end of the done file; an id that it does not have is passed
   * over. What was proposed to follow them comes to the top of the queue. The done file is written first: a crash between
   * the two leaves tasks in both, which `readHealed` mends.
   *
   * @returns both files as they are then, and what was added
   * @throws Failure `queue_invalid` for a follow-up that the queue cannot hold, as `read`, or that of the write
   */
  async archiveAll(
    lock: WriteLock,
    ids: readonly string[],
    { now, isDue, proposed }: Archiving,
  ): Promise<QueuePair & { readonly added: readonly Task[] }> {
    const pair = await this.readHealed(lock);
    const moved = [...new Set(ids)]
      .map((id) => indexOfTask(pair.queue.tasks, id))
      .flatMap((index) => {
        const task = pair.queue.tasks[index];
        return task !== undefined && isDue(task) ? [{ index, task }] : [];
      });
    const settled = moved.length === 0 ? pair : await withMoved(pair, moved, now);
    const { queue, added } =
      proposed.length === 0 ? { ...settled, added: [] } : await withFollowUps(settled, proposed, now);
    if (settled !== pair) await this.#write(lock, settled.done);
    if (queue !== pair.queue) await this.#write(lock, queue);
    return { queue, done: settled.done, added };
  }

  async #write(lock: WriteLock, document: QueueDocument): Promise<QueueDocument> {
    void lock;
    const bytes = Buffer.from(document.text ?? '');
    requireSize(bytes.length, document.path);
    sweepNextFiles(document.path);
    await replaceFile(document.path, bytes);
    return document;
  }
}

async function withMoved(
  pair: QueuePair,
  moved: readonly { readonly index: number; readonly task: Task }[],
  now: Date,
): Promise<QueuePair> {
  const indexes = moved.map(({ index }) => index);
  const texts = await taskTexts(pair.queue, indexes);
  const elements = await Promise.all(
    moved.map(({ task }, at) => withProperties(texts[at] ?? '', archivedProperties(task, now))),
  );
  return { done: await appendTasks(pair.done, elements), queue: await removeTasks(pair.queue, indexes) };
}

async function withFollowUps(
  pair: QueuePair,
  proposed: readonly FollowUps[],
  now: Date,
): Promise<{ readonly queue: QueueDocument; readonly added: readonly Task[] }> {
  const { addFollowUps } = await import('../queue/add-follow-ups.ts');
  return addFollowUps(pair, proposed, now.toISOString());
}

function queueText(path: string): QueueText {
  try {
    return { path, text: readDocumentText(path, 'queue_corrupt')?.text };
  } catch (error) {
    if (!isFailure(error) || FAILURE_CODES[error.code] !== 'data') throw error;
    return { path, text: undefined, failure: error };
  }
}

function readQueue(path: string): Promise<QueueDocument> {
  return parseQueue(readDocumentText(path, 'queue_corrupt')?.text, path);
}
