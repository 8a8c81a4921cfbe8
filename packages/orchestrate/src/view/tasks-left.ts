import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { fileStamp } from '@ralph/protocol/process/file-stamp';
import { parseJsonc, readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Model } from './model.ts';

/** The queue changes with each landing; it is not read more often than that. */
const LOOK_MS = 2000;

const OPEN = new Set<unknown>(['todo', 'doing']);

/** Knows how many tasks are yet to be started: those of the queue, or those that were handed over in its place. */
export class TasksLeft {
  readonly #path: string;
  readonly #onChange: () => void;
  #open: readonly string[] | undefined;
  #stamp: string | undefined;
  #lookAt = Number.NEGATIVE_INFINITY;

  /** @param onChange called when the number may be another one than what was last returned */
  constructor(root: string, onChange: () => void) {
    this.#path = join(root, RALPH_PATHS.queue);
    this.#onChange = onChange;
  }

  /** Returns the number as far as it is known now; the queue is read meanwhile, where it has changed. */
  count({ given, rows, ended }: Model): number | undefined {
    if (given !== undefined) return Math.max(0, given - rows.size - ended.size);
    this.#look();
    return this.#open?.filter((id) => !rows.has(id) && !ended.has(id)).length;
  }

  #look(): void {
    const now = performance.now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + LOOK_MS;
    const stamp = fileStamp(this.#path);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#read().then(
      (open) => {
        this.#open = open;
        this.#onChange();
      },
      // Half of it is saved, or it is none: the run says so, the number stays.
      () => {},
    );
  }

  async #read(): Promise<string[]> {
    const text = readTextIfPresent(this.#path);
    if (text === undefined) return [];
    const { tasks } = (await parseJsonc(text, this.#path, 'queue_corrupt')) as { tasks: Record<string, unknown>[] };
    return tasks.flatMap(({ id, status }) => (typeof id === 'string' && OPEN.has(status) ? [id] : []));
  }
}
