import { Failure } from '@ralph/protocol/contract/failure';
import { lockRecord, type LockRecord } from '@ralph/protocol/contract/lock-record';
import { Sibling } from '@ralph/protocol/process/sibling';

export interface LockRequest {
  readonly repo: string;
  /** Nothing means that of the loop. */
  readonly name?: string;
  readonly prompt: string;
  readonly wait: number | undefined;
  /** Ends a wait for the lock. */
  readonly signal: AbortSignal;
  readonly onNote: (line: string) => void;
}

/** A lock, that of the loop as a rule, held by a coprocess as long as this object is not released. */
export class LockHolder {
  /** Settles with a failure when the lock is lost before it was released; with nothing when it has been released. */
  lost: Promise<Failure | undefined> = Promise.resolve(undefined);
  #holder: LockRecord | undefined;
  readonly #sibling: Sibling;
  readonly #name: string;
  readonly #lines: AsyncGenerator<{ readonly record: Record<string, unknown> }>;

  private constructor(sibling: Sibling, name: string) {
    this.#sibling = sibling;
    this.#name = name;
    this.#lines = sibling.lines();
  }

  /**
   * Takes the loop lock.
   *
   * @param request its `wait` is in seconds: Infinity without limit, nothing not to wait
   * @throws Failure `lock_held` (75) naming the holder, `cancelled` when the signal ended the wait
   */
  static async take({ repo, name = 'loop', prompt, wait, signal, onNote }: LockRequest): Promise<LockHolder> {
    const limit = wait === undefined ? [] : [Number.isFinite(wait) ? `--wait=${wait}` : '--wait'];
    const named = name === 'loop' ? [] : ['--name', name];
    const args = ['hold', '--leash', '--repo', repo, ...named, '--prompt', prompt, ...limit];
    const holder = new LockHolder(new Sibling('ralph-lock', args, onNote), name);
    const giveUp = () => holder.#sibling.drop();
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await holder.#taken();
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async #taken(): Promise<LockHolder> {
    const first = await this.#lines.next();
    if (first.done !== true && first.value.record['type'] === 'lock.acquired') {
      this.#holder = lockRecord.safeParse(first.value.record['holder']).data;
      this.lost = this.#watch();
      return this;
    }
    for await (const line of this.#lines) void line;
    throw (await this.#sibling.ended).failure ?? new Failure('sibling_failed', 'ralph-lock ended without the lock');
  }

  /** What the lock says of its holder. */
  get holder(): LockRecord | undefined {
    return this.#holder;
  }

  /** Lets the lock go and waits until it is free. */
  async release(): Promise<void> {
    this.#sibling.end();
    await this.lost;
  }

  async #watch(): Promise<Failure | undefined> {
    for await (const { record } of this.#lines) {
      if (record['type'] !== 'lock.lost') continue;
      return new Failure('lock_lost', `the ${this.#name} lock was lost: ${String(record['reason'])}`, {
        hint: `see that nobody removes .ralph/${this.#name}.lock, and run again`,
      });
    }
    const { failure } = await this.#sibling.ended;
    return failure;
  }
}
