import { Failure } from '@ralph/protocol/contract/failure';
import type { Task } from '@ralph/protocol/contract/task';
import { Sibling } from '@ralph/protocol/process/sibling';
import type { Waiting } from './schedule.ts';

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
  readonly task?: Task | null;
  readonly waiting?: Waiting;
}

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The coprocess that keeps the state file: every line is answered, in order, once it is durable. */
export class StateKeeper {
  readonly sibling: Sibling;
  /** Settles with a failure when the coprocess ended before it was told to; with nothing when it was. */
  readonly lost: Promise<Failure | undefined>;
  #gone: Failure | undefined;
  #told = false;
  readonly #pending: Pending[] = [];
  readonly #onRefusal: (code: string, message: string) => void;

  /** @param onRefusal told when the state file refused an event: a stale attempt, an illegal step */
  constructor(
    args: readonly string[],
    onNote: (line: string) => void,
    onRefusal: (code: string, message: string) => void,
  ) {
    this.sibling = new Sibling('ralph-state', ['apply', '--answer', '--leash', ...args], onNote);
    this.#onRefusal = onRefusal;
    this.lost = this.#readAnswers();
  }

  /** Records one event; settles when it is on disk. */
  async record(event: object): Promise<void> {
    const answer = await this.#ask(event);
    if (!answer.ok) this.#onRefusal(answer.error?.code ?? 'internal', answer.error?.message ?? 'the event was refused');
  }

  /**
   * Asks for the next task of the queue.
   *
   * @param exclude tasks that were tried: not to be named unless a person has asked for them since
   * @param busy tasks in work: not to be named at all
   */
  async select(
    exclude: readonly string[],
    busy: readonly string[],
    includeDraft: boolean,
  ): Promise<{ task: Task | undefined; waiting: Waiting }> {
    const { ok, error, task, waiting } = await this.#ask({
      type: 'task.select',
      exclude,
      busy,
      include_draft: includeDraft,
    });
    if (!ok)
      throw new Failure('queue_invalid', error?.message ?? 'the queue cannot be read', {
        hint: 'ralph-state task validate',
      });
    return { task: task ?? undefined, waiting: waiting ?? { dependency: 0, schedule: 0, draft: 0, blocked: 0 } };
  }

  /** Says that no more events come, and waits until the state file is left in order. */
  async end(): Promise<void> {
    this.#told = true;
    this.sibling.end();
    await this.lost;
  }

  #ask(line: object): Promise<Answer> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      void this.sibling.send(line);
    });
  }

  async #readAnswers(): Promise<Failure | undefined> {
    for await (const { record } of this.sibling.lines()) this.#pending.shift()?.resolve(record as unknown as Answer);
    const { failure, exitCode } = await this.sibling.ended;
    const gone =
      failure ?? new Failure('sibling_failed', `ralph-state ended in the middle of the run (status ${exitCode})`);
    this.#gone = gone;
    for (const { reject } of this.#pending.splice(0)) reject(gone);
    return this.#told ? undefined : gone;
  }
}
