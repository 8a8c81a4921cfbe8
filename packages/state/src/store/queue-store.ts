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
import type { WriteLock } from './write-lock.ts';

export interface QueuePair {
  readonly queue: QueueDocument;
  readonly done: QueueDocument;
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

  constructor(root: string) {
    this.root = root;
    this.#queuePath = join(root, RALPH_PATHS.queue);
    this.#donePath = join(root, RALPH_PATHS.done);
  }

  /**
   * Reads both files; a missing one has no tasks.
   *
   * @throws Failure `queue_corrupt`, `file_too_large`, `permission` or `io`
   */
  async read(): Promise<QueuePair> {
    return { queue: await readQueue(this.#queuePath), done: await readQueue(this.#donePath) };
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
   * Moves a task from the queue to the end of the done file, its comments and unknown fields included.
   *
   * @returns the task as it stands in the done file
   * @throws Failure `task_not_found` when it is in neither file
   */
  async archive(lock: WriteLock, id: string, now: Date): Promise<Task> {
    const pair = await this.archiveAll(lock, [id], now, () => true);
    const archived = pair.done.tasks.findLast((task) => task.id === id && task.status !== 'rejected');
    const task = archived ?? pair.done.tasks.findLast((other) => other.id === id);
    if (task !== undefined) return task;
    throw new Failure('task_not_found', `no task ${id} in ${pair.queue.path} or ${pair.done.path}`, {
      hint: 'see the ids with ralph-state task list',
      taskId: id,
    });
  }

  /**
   * Moves the tasks of the queue that some ids mean to the end of the done file; an id that it does not have is passed
   * over. The done file is written first: a crash between the two leaves tasks in both, which `readHealed` mends.
   *
   * @param isDue asked for each of the tasks whether it is to be moved
   * @returns both files as they are then
   * @throws Failure as `read`, or that of the write
   */
  async archiveAll(
    lock: WriteLock,
    ids: readonly string[],
    now: Date,
    isDue: (task: Task) => boolean,
  ): Promise<QueuePair> {
    const pair = await this.readHealed(lock);
    const moved = [...new Set(ids)]
      .map((id) => indexOfTask(pair.queue.tasks, id))
      .flatMap((index) => {
        const task = pair.queue.tasks[index];
        return task !== undefined && isDue(task) ? [{ index, task }] : [];
      });
    if (moved.length === 0) return pair;
    const indexes = moved.map(({ index }) => index);
    const texts = await taskTexts(pair.queue, indexes);
    const elements = await Promise.all(
      moved.map(({ task }, at) => withProperties(texts[at] ?? '', archivedProperties(task, now))),
    );
    const done = await appendTasks(pair.done, elements);
    const queue = await removeTasks(pair.queue, indexes);
    await this.#write(lock, done);
    await this.#write(lock, queue);
    return { queue, done };
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
