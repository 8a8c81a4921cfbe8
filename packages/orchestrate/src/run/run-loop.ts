import type { InputLine } from '@ralph/protocol/cli/input';
import type { Output } from '@ralph/protocol/cli/output';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import type { Task } from '@ralph/protocol/contract/task';
import type { SiblingName } from '@ralph/protocol/process/sibling';
import type { Crew } from './crew.ts';
import type { EventLog } from './event-log.ts';
import { foldResult, isReady, type Results } from './results.ts';
import { firstView, idsIn, idsInWork, schedule, type Action, type Happening, type View } from './schedule.ts';
import type { StateKeeper } from './state-keeper.ts';
import type { TaskSource } from '../tasks/task-source.ts';

export interface LoopParts {
  readonly crew: Crew;
  readonly keeper: StateKeeper;
  readonly log: EventLog;
  readonly output: Output;
  readonly workers: number;
  readonly maxTasks: number;
  readonly select: TaskSource;
}

export interface LoopEnd {
  readonly view: View;
  readonly results: Results;
  /** What ended the run before its time. */
  readonly failure: Error | undefined;
}

/**
 * The shell around `schedule`: carries lines between the siblings, records each event before anything follows from it,
 * and does what the schedule says.
 */
export class RunLoop {
  readonly #parts: LoopParts;
  /** Lines that the integrator needs, by task: sent when the schedule says so. */
  readonly #ready = new Map<string, object>();
  #view: View;
  #results: Results = new Map();
  #failure: Error | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#view = firstView(parts.workers, parts.maxTasks);
  }

  get results(): Results {
    return this.#results;
  }

  /** Runs until nothing is left to do, or until the crew was taken off its leash. */
  async run(): Promise<LoopEnd> {
    this.#happened({ kind: 'begun' });
    const { crew, keeper } = this.#parts;
    void keeper.lost.then((failure) => {
      if (failure !== undefined) this.fail(failure);
    });
    await crew.carry(
      (from, line) => this.#received(from, line),
      (failure) => this.fail(failure),
    );
    return { view: this.#view, results: this.#results, failure: this.#failure };
  }

  /** Ends the run in order because it cannot go on; the first cause wins. */
  fail(error: Error | undefined): void {
    this.#failure ??= error;
    this.#view = { ...this.#view, stopping: true };
    this.#parts.crew.abort();
  }

  async #received(from: SiblingName, line: InputLine): Promise<void> {
    // What the integrator was given comes back from it, as from any filter; it has been dealt with already.
    if (from === 'ralph-integrate' && line.record['type'] === 'agent.finished') return;
    await this.#parts.output.pass(line);
    const parsed = parseLine(line.record, line.number);
    if (parsed.kind !== 'event') return;
    const { event } = parsed;
    this.#results = foldResult(this.#results, event);
    try {
      this.#parts.log.append(event);
      await this.#parts.keeper.record(event);
    } catch (error) {
      this.fail(asError(error));
      return;
    }
    const happening = this.#happeningOf(event);
    if (happening !== undefined) this.#happened(happening);
  }

  #happeningOf(event: AnyEvent): Happening | undefined {
    if (event.type === 'agent.started') return { kind: 'agent_started', id: event.task_id };
    if (event.type === 'task.completed') return { kind: 'landed', id: event.task_id };
    if (event.type === 'task.published') return { kind: 'published', id: event.task_id };
    if (event.type === 'task.failed') return { kind: 'failed', id: event.task_id };
    if (event.type === 'task.blocked' || event.type === 'task.skipped') return { kind: 'blocked', id: event.task_id };
    if (event.type !== 'agent.finished' || !isReady(event)) return undefined;
    this.#ready.set(event.task_id, event);
    return { kind: 'agent_ready', id: event.task_id };
  }

  #happened(happening: Happening): void {
    const step = schedule(this.#view, happening);
    this.#view = step.view;
    for (const action of step.actions) this.#act(action);
  }

  #act(action: Action): void {
    const { crew } = this.#parts;
    switch (action.kind) {
      case 'ask':
        void this.#ask(action.exclude);
        return;
      case 'start':
        void crew.worker.send({
          v: 1,
          type: 'task',
          at: new Date().toISOString(),
          task_id: action.task.id,
          ...attemptOf(action.task),
          task: action.task,
        });
        return;
      case 'integrate':
        void crew.integrator.send(this.#ready.get(action.id) ?? {});
        this.#ready.delete(action.id);
        return;
      case 'remove':
        void crew.worker.send({ type: 'workspace.remove', task_id: action.id });
        return;
      case 'finish':
        crew.end();
        return;
    }
  }

  async #ask(exclude: readonly string[]): Promise<void> {
    const view = this.#view;
    try {
      const { task, waiting } = await this.#parts.select(exclude, new Set(idsIn(view, 'landed')), idsInWork(view));
      this.#happened(task === undefined ? { kind: 'none', waiting } : { kind: 'selected', task });
    } catch (error) {
      this.fail(asError(error));
    }
  }
}

function attemptOf(task: Task): { attempt?: number } {
  return task.attempt === undefined ? {} : { attempt: task.attempt };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
