import type { Task } from '@ralph/protocol/contract/task';
import { rank } from './open-tasks.ts';

/** The tasks that could start, best first. They are put together as they are asked for: most ask for the first only. */
export class Runnable implements Iterable<Task> {
  readonly size: number;
  readonly #queue: readonly Task[];
  readonly #free: readonly number[];
  readonly #except: ReadonlySet<number>;
  readonly #others: readonly number[];

  /**
   * @param free indexes, best first
   * @param except those of them that do not count
   * @param others further indexes, in any order
   */
  constructor(queue: readonly Task[], free: readonly number[], except: ReadonlySet<number>, others: readonly number[]) {
    this.#queue = queue;
    this.#free = free;
    this.#except = except;
    this.#others = others.toSorted((a, b) => this.#compare(a, b));
    this.size = free.length - except.size + others.length;
  }

  /** Returns the best one, or the best whose id is among some. */
  first(ids?: ReadonlySet<string>): Task | undefined {
    if (ids?.size === 0) return undefined;
    for (const task of this) if (ids?.has(task.id) !== false) return task;
    return undefined;
  }

  *[Symbol.iterator](): Generator<Task, void> {
    let at = 0;
    for (const index of this.#free) {
      if (this.#except.has(index)) continue;
      for (; this.#isBefore(this.#others[at], index); at += 1) yield* this.#task(this.#others[at]);
      yield* this.#task(index);
    }
    for (; at < this.#others.length; at += 1) yield* this.#task(this.#others[at]);
  }

  #isBefore(other: number | undefined, index: number): boolean {
    return other !== undefined && this.#compare(other, index) < 0;
  }

  #compare(a: number, b: number): number {
    return rank(this.#queue[a]) - rank(this.#queue[b]) || a - b;
  }

  #task(index: number | undefined): readonly Task[] {
    const task = index === undefined ? undefined : this.#queue[index];
    return task === undefined ? [] : [task];
  }
}
