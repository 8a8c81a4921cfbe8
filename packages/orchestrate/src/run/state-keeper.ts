import type { AnyEvent } from '@ralph/protocol/contract/events';
import { FAILURE_CODES, Failure, type FailureCode } from '@ralph/protocol/contract/failure';
import { isRecordType } from '@ralph/protocol/contract/record-events';
import type { Task } from '@ralph/protocol/contract/task';
import { timeOf } from '@ralph/protocol/contract/zoned-time';
import { Sibling } from '@ralph/protocol/process/sibling';
import type { Choice, Question } from '../tasks/choice.ts';
import { NOTHING_WAITS, type Waiting } from './view.ts';

interface Answer {
  readonly ok: boolean;
  readonly revision?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
  readonly task?: Task | null;
  readonly waiting?: Waiting;
  readonly next_start?: string;
  readonly resume?: Readonly<Record<string, unknown>>;
}

/** What nothing in a run follows from: it may wait for the next line, and is written with it in one go. */
const UNHURRIED: ReadonlySet<unknown> = new Set([
  'workspace.ready',
  'agent.started',
  'work.salvaged',
  'integrate.started',
]);

/** How long it waits at most. */
const HOLD_MS = 100;

interface Pending {
  /** By how much the line may move the revision of the state file. */
  readonly most: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export interface SelectLimits {
  readonly includeDraft: boolean;
  /** No task is picked that has failed so often; 0 means that none has failed too often. */
  readonly maxFailures: number;
}

/** The coprocess that keeps the state file: every line is answered, in order, once it is durable. */
export class StateKeeper {
  readonly sibling: Sibling;
  /** Settles with a failure when the coprocess ended before it was told to; with nothing when it was. */
  readonly lost: Promise<Failure | undefined>;
  /** Called when an answer tells that somebody else has written the state file meanwhile. */
  onForeign = () => {};
  #foreignWrites = 0;
  #gone: Failure | undefined;
  #looking = false;
  #told = false;
  #revision: number | undefined;
  readonly #pending: Pending[] = [];
  #held: object[] = [];
  #timer: NodeJS.Timeout | undefined;
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

  /** How often it was seen that somebody else has written the state file. */
  get foreignWrites(): number {
    return this.#foreignWrites;
  }

  /** Whether the coprocess has ended. */
  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /** Has it looked whether somebody else has written the state file; `onForeign` tells. */
  look(): void {
    if (this.#looking || this.#gone !== undefined) return;
    this.#looking = true;
    const looked = () => void (this.#looking = false);
    this.#ask({ v: 1, type: 'state.look' }, 0).then(looked, looked);
  }

  /** How many lines are on their way, or are held back. */
  get waiting(): number {
    return this.#pending.length;
  }

  /** Records one event; settles when it is on disk, in the order of the calls, and at once where the file takes nothing from it. */
  async record(event: AnyEvent): Promise<void> {
    if (!isRecordType(event.type)) return;
    const answer = await this.#ask(event, 1, UNHURRIED.has(event.type));
    if (!answer.ok) this.#onRefusal(answer.error?.code ?? 'internal', answer.error?.message ?? 'the event was refused');
  }

  /**
   * Asks for the next task of the queue, other than those named.
   *
   * @throws Failure when the queue cannot be read as it is now, or the coprocess has ended
   */
  async select(
    { exclude, busy, busyScopes, finishedOnly }: Question,
    { includeDraft, maxFailures }: SelectLimits,
  ): Promise<Choice> {
    const failures = maxFailures === 0 ? {} : { max_failures: maxFailures };
    const order = {
      type: 'task.select',
      exclude,
      busy,
      include_draft: includeDraft,
      busy_scopes: busyScopes,
      finished_only: finishedOnly,
      ...failures,
    };
    const { ok, error, task, waiting, next_start, resume } = await this.#ask(order, 0);
    if (!ok) throw selectFailure(error);
    const nextStart = next_start === undefined ? Number.NaN : timeOf(next_start);
    return {
      task: task ?? undefined,
      waiting: waiting ?? NOTHING_WAITS,
      nextStart: Number.isFinite(nextStart) ? nextStart : undefined,
      resume,
    };
  }

  /** Moves a task to done in its workspace; returns the answer as a line for whoever asked for it. */
  async archive(order: Record<string, unknown>): Promise<object> {
    const { ok, error } = await this.#ask(order, 0);
    return { type: 'task.archived', task_id: order['task_id'], ok, ...(error && { message: error.message }) };
  }

  /** Sends what is held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#held.length > 0) void this.sibling.send(...this.#held.splice(0));
  }

  /** Says that no more events come, and waits until the state file is left in order. */
  async end(): Promise<void> {
    this.flush();
    this.#told = true;
    this.sibling.end();
    await this.lost;
  }

  #ask(line: object, most: number, mayWait = false): Promise<Answer> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => {
      this.#pending.push({ most, resolve, reject });
      this.#held.push(line);
      if (mayWait) this.#timer ??= setTimeout(() => this.flush(), HOLD_MS);
      else this.flush();
    });
  }

  async #readAnswers(): Promise<Failure | undefined> {
    for await (const { record } of this.sibling.lines()) {
      const answer = record as unknown as Answer;
      const asked = this.#pending.shift();
      asked?.resolve(answer);
      this.#compare(answer.revision, asked?.most ?? 0);
    }
    const { failure, exitCode } = await this.sibling.ended;
    const gone =
      failure ?? new Failure('sibling_failed', `ralph-state ended in the middle of the run (status ${exitCode})`);
    this.#gone = gone;
    for (const { reject } of this.#pending.splice(0)) reject(gone);
    return this.#told ? undefined : gone;
  }

  /** More than the line can have moved it is somebody else's. */
  #compare(revision: number | undefined, most: number): void {
    if (revision === undefined) return;
    const moved = revision - (this.#revision ?? revision);
    this.#revision = revision;
    if (moved >= 0 && moved <= most) return;
    this.#foreignWrites += 1;
    this.onForeign();
  }
}

function selectFailure({ code, message, hint }: NonNullable<Answer['error']> = { code: '', message: '' }): Failure {
  const known = Object.hasOwn(FAILURE_CODES, code) ? (code as FailureCode) : 'queue_invalid';
  return new Failure(known, message === '' ? 'the queue cannot be read' : message, {
    hint: hint === undefined || hint === '' ? 'ralph-state task validate' : hint,
  });
}
