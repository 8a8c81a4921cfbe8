import { firstIssue } from '@ralph/protocol/contract/first-issue';
import type { InputLine } from '@ralph/protocol/cli/input';
import { ORDERS } from '@ralph/protocol/contract/events';
import { Failure, isFailure, type FailureRecord } from '@ralph/protocol/contract/failure';
import { badLine } from '@ralph/protocol/contract/bad-line';
import { describeIssue, parseLine } from '@ralph/protocol/contract/parse-line';
import { isRecordType } from '@ralph/protocol/contract/record-events';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import type { Task } from '@ralph/protocol/contract/task';
import type { Repository } from '@ralph/protocol/process/repository';
import { nextAttempt, selectFor } from '../queue/board.ts';
import { fold } from '../records/fold.ts';
import { resumable, type Resume } from '../records/resumable.ts';
import { withoutFollowUps } from '../records/without-follow-ups.ts';
import { LandedTasks, type Landed } from '../queue/landed.ts';
import { QueueStore } from '../store/queue-store.ts';
import { currentBranch } from '../repository-facts.ts';
import type { Waiting } from '../queue/selection.ts';
import { emptyState, revisionOf } from '../store/state-document.ts';
import { StateStore } from '../store/state-store.ts';
import type { WriteLock } from '../store/write-lock.ts';
import { archiveOnOrder } from './archive-on-order.ts';
import { requirePlainLine } from './plain-line.ts';
import { WriteTurn } from '../store/write-turn.ts';

/** What one line came to; `selected` only for the order `task.select`. */
export type Answer =
  | {
      readonly ok: true;
      readonly revision: number;
      readonly changed: boolean;
      readonly selected?: Selected;
    }
  | { readonly ok: false; readonly failure: Failure };

/** The answer to `task.select`. */
interface Selected {
  readonly task: Task | null;
  readonly waiting: Waiting;
  readonly next_start?: string;
  /** The attempt whose kept commits are to be landed, in place of a new one. */
  readonly resume?: Resume;
}

export interface BatchOutcome {
  /** In the order of the lines; those after a bad line have none. */
  readonly answers: readonly Answer[];
  /** What ended the batch early. */
  readonly failure: Failure | undefined;
}

interface Step {
  readonly state: StateFile;
  readonly answer: Answer;
  readonly landed?: Landed;
}

interface Taken extends BatchOutcome {
  readonly state: StateFile;
  readonly answers: Answer[];
  readonly landed: readonly (Landed & { readonly index: number })[];
}

/** Lines that have arrived are applied even when we are told to stop: their senders may be gone. */
const NEVER = new AbortController().signal;

/** Folds batches of lines into the state file of one repository and moves what has landed out of its queue. */
export class ApplySession {
  readonly #repository: Repository;
  readonly #states: StateStore;
  readonly #queues: QueueStore;
  readonly #turn: WriteTurn;
  readonly #landed: LandedTasks;
  #branch: Promise<string | undefined> | undefined;
  #revision: number | undefined;

  constructor(repository: Repository) {
    this.#repository = repository;
    this.#states = new StateStore(repository.root);
    this.#queues = new QueueStore(repository.root);
    this.#landed = new LandedTasks(repository, this.#queues);
    this.#turn = new WriteTurn(repository.root);
  }

  /** Returns the revision that was read or written last, or that of the file when no line has come. */
  async revision(): Promise<number> {
    return this.#revision ?? revisionOf(await this.#states.read());
  }

  /**
   * Applies the lines in one read-modify-write; when it returns, every change is on the disk.
   *
   * @param stopAt says which refusal ends the batch there; what came before it is kept
   * @throws Failure when the state file cannot be read or written; then nothing of the batch is recorded
   */
  async apply(lines: readonly InputLine[], stopAt: (failure: Failure) => boolean): Promise<BatchOutcome> {
    // Readers see whole files without it, and others may write meanwhile.
    if (!lines.some(mayWrite)) {
      const { state, answers, failure } = await this.#takeAll(undefined, await this.#states.read(), lines, stopAt);
      this.#revision = revisionOf(state);
      return { answers, failure };
    }
    return this.#turn.use(NEVER, async (lock) => {
      const before = await this.#states.read();
      const { answers, landed, failure, ...taken } = await this.#takeAll(lock, before, lines, stopAt);
      let { state } = taken;
      if (revisionOf(state) !== revisionOf(before)) await this.#states.write(lock, state);
      this.#revision = revisionOf(state);
      // What is recorded as landed leaves the queue after that: a crash between the two is healed by the next start.
      const { trouble, settled } = await this.#archive(lock, landed);
      if (settled.size > 0) {
        state = withoutFollowUps(state, settled);
        await this.#states.write(lock, state);
        this.#revision = revisionOf(state);
      }
      if (trouble !== undefined) for (const { index } of landed) answers[index] = { ok: false, failure: trouble };
      return { answers, failure };
    });
  }

  /** Lets other writers in at once. */
  end(): void {
    this.#turn.close();
  }

  /** @param lock nothing where none of the lines may write */
  async #takeAll(
    lock: WriteLock | undefined,
    before: StateFile | undefined,
    lines: readonly InputLine[],
    stopAt: (failure: Failure) => boolean,
  ): Promise<Taken> {
    let state = before ?? (await this.#newState());
    const answers: Answer[] = [];
    const landed: (Landed & { readonly index: number })[] = [];
    for (const line of lines) {
      const step = await this.#take(lock, state, line);
      if (step.landed !== undefined) landed.push({ ...step.landed, index: answers.length });
      if (step.answer.ok || !isBadLine(step.answer.failure)) answers.push(step.answer);
      state = step.state;
      if (step.answer.ok) continue;
      const { failure } = step.answer;
      if (isBadLine(failure) || stopAt(failure)) return { state, answers, landed, failure };
    }
    return { state, answers, landed, failure: undefined };
  }

  async #newState(): Promise<StateFile> {
    this.#branch ??= currentBranch(this.#repository);
    return emptyState((await this.#branch) ?? '', new Date().toISOString());
  }

  async #take(lock: WriteLock | undefined, state: StateFile, line: InputLine): Promise<Step> {
    const unchanged = { ok: true, revision: revisionOf(state), changed: false } as const;
    try {
      const parsed = parseLine(line.record, line.number);
      switch (parsed.kind) {
        case 'task':
        case 'unknown':
          return { state, answer: unchanged };
        case 'order': {
          if (parsed.type === 'task.archive' && lock !== undefined) await archiveOnOrder(lock, line);
          if (parsed.type !== 'task.select') return { state, answer: unchanged };
          return { state, answer: { ...unchanged, selected: await this.#select(lock, state, line) } };
        }
        case 'event': {
          await requirePlainLine(line);
          const result = fold(state, parsed.event);
          if (result.kind === 'refused') {
            const { task_id: taskId, attempt } = parsed.event;
            throw refusal(result, taskId ?? '', attempt ?? 0);
          }
          const { state: after, changed } = result;
          const answer = { ok: true, revision: revisionOf(after), changed } as const;
          if (parsed.event.type !== 'task.completed') return { state: after, answer };
          const { task_id: id, at, attempt } = parsed.event;
          // An old word of a landing that the record has not taken moves nothing.
          const record = after.workers.find((each) => each.task_id === id && each.lifecycle === 'completed');
          if (record === undefined) return { state: after, answer };
          return { state: after, answer, landed: { id, at, attempt, followups: record.followups } };
        }
      }
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { state, answer: { ok: false, failure: error } };
    }
  }

  async #select(lock: WriteLock | undefined, state: StateFile, line: InputLine): Promise<Selected> {
    const order = firstIssue(ORDERS['task.select'], line.record);
    if (!order.success) throw badLine(line.number, `task.select: ${describeIssue(order.error)}`);
    const {
      exclude,
      busy,
      include_draft: includeDraft,
      busy_scopes: busyScopes,
      max_failures: maxFailures,
      finished_only: finishedOnly,
    } = order.data;
    const wish = { includeDraft, exclude: new Set(exclude), busy: new Set(busy), busyScopes, maxFailures };
    const { runnable, waiting, nextStart } = await selectFor(state, this.#queues, lock, wish);
    const finished = state.workers.filter((record) => resumable(record) !== undefined).map(({ task_id }) => task_id);
    const task = runnable.first(finishedOnly ? new Set(finished) : undefined);
    const later = nextStart === undefined ? {} : { next_start: nextStart };
    if (task === undefined) return { task: null, waiting, ...later };
    const resume = resumable(state.workers.find(({ task_id }) => task_id === task.id));
    const kept = resume === undefined ? {} : { resume };
    return { task: { ...task, attempt: nextAttempt(state, task.id) }, waiting, ...kept, ...later };
  }

  async #archive(
    lock: WriteLock,
    landed: readonly Landed[],
  ): Promise<{ readonly trouble?: Failure; readonly settled: ReadonlySet<string> }> {
    try {
      return { settled: await this.#landed.archive(lock, landed) };
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { trouble: error, settled: new Set() };
    }
  }
}

/** Tells whether a line can change a file; one that is no line of ours cannot. */
function mayWrite({ record: { type } }: InputLine): boolean {
  return type === 'task.archive' || isRecordType(type);
}

/** Tells whether a failure says that the line itself cannot be used. */
function isBadLine(failure: Failure): boolean {
  return failure.code === 'bad_line';
}

function refusal(
  result: { code: 'fenced' | 'illegal_transition'; message: string },
  taskId: string,
  attempt: number,
): Failure {
  const hint =
    result.code === 'fenced'
      ? `nothing is to be done; see ralph-state get ${taskId}`
      : `compare the stream with ralph-state get ${taskId}`;
  return new Failure(result.code, result.message, { hint, taskId, attempt });
}

/** Returns an answer as it is printed. */
export function answerLine(answer: Answer): object {
  if (!answer.ok) return { ok: false, error: answer.failure.toRecord() satisfies FailureRecord };
  return { ok: true, revision: answer.revision, ...answer.selected };
}
