import PQueue from 'p-queue';

export interface PoolOptions {
  /** Tasks that run side by side. */
  readonly jobs: number;
  /** Tasks that may wait for a slot before `add` makes its caller wait. */
  readonly ahead: number;
  /** Told of what no task was meant to throw. */
  readonly onError: (name: string, error: unknown) => void | Promise<void>;
}

/** Runs tasks side by side, a few at a time. An unforeseen error ends one task and never the others. */
export class TaskPool {
  readonly #options: PoolOptions;
  readonly #slots: PQueue;
  /** Only those that have not ended: a run may take any number of tasks. */
  readonly #running = new Set<Promise<void>>();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#slots = new PQueue({ concurrency: options.jobs });
  }

  /** Adds a task; returns when more may be added, so that a full pipe slows its writer down. */
  async add(name: string, job: () => Promise<void>): Promise<void> {
    this.aside(name, () => this.#slots.add(job));
    await this.#slots.onSizeLessThan(this.#options.ahead);
  }

  /** Runs something at once, beside the tasks. */
  aside(name: string, job: () => Promise<void>): void {
    const running = this.#alone(name, job).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Waits until everything that was added has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #alone(name: string, job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      try {
        await this.#options.onError(name, error);
      } catch {
        // Whoever should hear of it is gone, and the other tasks still have to be ended well.
      }
    }
  }
}
