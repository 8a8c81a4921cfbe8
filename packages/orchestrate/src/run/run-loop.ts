import { doerOf } from '@ralph/protocol/agents/doer';
import type { InputLine } from '@ralph/protocol/cli/input';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { isFailure } from '@ralph/protocol/contract/failure';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import type { Task } from '@ralph/protocol/contract/task';
import type { SiblingName } from '@ralph/protocol/process/sibling';
import { adoptedWork, type AdoptedWork } from './adopted-work.ts';
import { Alarms } from './alarms.ts';
import { happeningOf } from './happening-of.ts';
import type { LoopEnd, LoopParts } from './loop-parts.ts';
import { Lookout } from './lookout.ts';
import type { Closed } from '../quota/run-limits.ts';
import { OwnEvents } from './own-events.ts';
import { resultAfter, type TaskResult } from './results.ts';
import { schedule } from './schedule.ts';
import { stopWords } from './told-stop.ts';
import { firstView, idsIn, type Action, type Happening, type StopReason, type View } from './view.ts';

/** So many events may be on their way to the disk before no more are taken. */
const MOST_WAITING = 256;

/**
 * The shell around `schedule`: carries lines between the siblings, records each event before anything follows from it,
 * and does what the schedule says.
 */
export class RunLoop {
  readonly #parts: LoopParts;
  /** Lines that the integrator needs, by task: sent when the schedule says so. */
  readonly #ready = new Map<string, AdoptedWork>();
  readonly #alarms = new Alarms();
  #lookout: Lookout | undefined;
  #view: View;
  readonly #results = new Map<string, TaskResult>();
  #failure: Error | undefined;
  #trouble: Error | undefined;
  /** What others have met. */
  #closed: Closed | undefined;
  readonly #own: OwnEvents;
  /** Settles when everything has been done that follows from the events so far. */
  #followed: Promise<void> = Promise.resolve();

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#view = firstView(parts.policy);
    this.#own = new OwnEvents(
      parts.output,
      (event) => this.#keep(event),
      (error) => this.fail(error),
    );
  }

  /** Runs until nothing is left to do, or until the crew was taken off its leash. */
  async run(): Promise<LoopEnd> {
    const { crew, keeper, root, statePath, otherPaths, stopFile, output, adopted, limits } = this.#parts;
    for (const work of adopted) this.#ready.set(work.task_id, work);
    this.#happened({ kind: 'begun', adopted: adopted.map(({ task_id: id }) => id) });
    this.#lookout = new Lookout({
      root,
      statePath,
      others: otherPaths,
      stopFile,
      keeper,
      onStop: () => this.#happened({ kind: 'stop', reason: 'asked' }),
      onChanged: () => this.#happened({ kind: 'changed' }),
      onNote: (line) => output.note(line),
    });
    const { timeMs } = limits;
    if (timeMs !== undefined) {
      this.#alarms.set('end of time', Date.now() + timeMs, () => {
        limits.timeIsOver();
        this.#happened({ kind: 'stop', reason: 'budget' });
      });
    }
    void keeper.lost.then((failure) => {
      if (failure !== undefined) this.fail(failure);
    });
    try {
      await crew.carry(
        (from, line) => this.#received(from, line),
        (failure) => this.fail(failure),
      );
      await this.#followed;
      await this.#own.settled;
      for (const receipt of this.#parts.limits.close(new Date())) await this.#own.tell('task.receipt', receipt);
    } finally {
      this.#lookout.close();
      this.#alarms.clear();
    }
    const trouble = this.#view.unreadable ? this.#trouble : undefined;
    return { view: this.#view, results: this.#results, closed: this.#closed, failure: this.#failure, trouble };
  }

  /** Ends the run in order because it cannot go on; the first cause wins. */
  fail(error: Error): void {
    this.#end('lost', error);
  }

  /** Ends the run in order because it was told to. */
  interrupt(): void {
    this.#end('signal', undefined);
  }

  #end(reason: StopReason, error: Error | undefined): void {
    this.#failure ??= error;
    this.#happened({ kind: 'stop', reason });
    this.#parts.crew.abort();
  }

  async #received(from: SiblingName, line: InputLine): Promise<void> {
    // What the integrator was given comes back from it, as from any filter; it has been dealt with already.
    if (from === 'ralph-integrate' && line.record['type'] === 'agent.finished') return;
    if (from === 'ralph-integrate' && line.record['type'] === 'task.archive') return void this.#archive(line.record);
    await this.#parts.output.pass(line);
    const parsed = parseLine(line.record, line.number);
    if (parsed.kind !== 'event') return;
    const { event } = parsed;
    this.#fold(event);
    const { keeper, log } = this.#parts;
    try {
      log.append(event);
    } catch (error) {
      this.fail(asError(error));
      return;
    }
    // The lines behind it may go on their way meanwhile.
    this.#followed = this.#follow(event, keeper.record(event), this.#followed);
    if (keeper.waiting >= MOST_WAITING) await this.#followed;
  }

  /** Does what follows from an event once it is on the disk, and after what follows from those before it. */
  async #follow(event: AnyEvent, recorded: Promise<void>, before: Promise<void>): Promise<void> {
    try {
      await recorded;
      await before;
      this.#conclude(event);
    } catch (error) {
      this.fail(asError(error));
    }
  }

  #conclude(event: AnyEvent): void {
    const { limits } = this.#parts;
    const receipt = limits.take(event);
    if (receipt !== undefined) void this.#own.tell('task.receipt', receipt);
    const happening = happeningOf(event, Date.now());
    if (event.type === 'agent.finished') this.#ready.set(event.task_id, event);
    if (happening !== undefined) this.#happened(happening);
    const until = this.#view.pausedUntil;
    if (event.type === 'task.failed' && happening?.kind === 'limited' && until !== undefined)
      limits.turnedAway(event, until);
    if (limits.spent !== undefined) this.#happened({ kind: 'stop', reason: 'budget' });
  }

  #happened(happening: Happening): void {
    const step = schedule(this.#view, happening);
    this.#view = step.view;
    for (const action of step.actions) this.#act(action);
    const { idle, over } = this.#view;
    this.#lookout?.waits(idle !== undefined && !over);
  }

  #act(action: Action): void {
    const { crew } = this.#parts;
    switch (action.kind) {
      case 'ask':
        void this.#ask(action);
        return;
      case 'start':
        void this.#start(action.task);
        return;
      case 'adopt':
        void this.#adopt(action.id);
        return;
      case 'integrate':
        void crew.integrator.send(this.#handOver(action.id));
        return;
      case 'remove':
        void crew.worker.send({ type: 'workspace.remove', task_id: action.id });
        return;
      case 'pause':
        this.#pause(action);
        return;
      case 'wake':
        this.#alarms.set('next start', action.at, () => this.#happened({ kind: 'changed' }));
        return;
      case 'look_again':
        this.#alarms.set('look again', Date.now() + 1000, () => this.#happened({ kind: 'looked_again' }));
        return;
      case 'stopping': {
        const told = action.reason === 'budget' ? this.#parts.limits.spent : undefined;
        const reason = this.#failure?.message ?? told ?? stopWords(action.reason, this.#parts.policy);
        void this.#own.tell('run.stopping', { run_id: this.#parts.runId, stop_reason: action.reason, reason });
        return;
      }
      case 'finish':
        crew.end();
        return;
    }
  }

  /** Whoever waits for the answer is ended with us where there is none. */
  async #archive(order: Record<string, unknown>): Promise<void> {
    const { keeper, crew } = this.#parts;
    await keeper.archive(order).then(
      (answer) => crew.integrator.send(answer),
      (error) => this.fail(asError(error)),
    );
  }

  async #ask({ exclude, busy, busyScopes, finishedOnly }: Extract<Action, { kind: 'ask' }>): Promise<void> {
    const { select, keeper, output, crew } = this.#parts;
    const landed = new Set(idsIn(this.#view, 'landed'));
    try {
      const { task, waiting, nextStart, resume } = await select({ exclude, busy, busyScopes, finishedOnly, landed });
      this.#trouble = undefined;
      if (task === undefined) return this.#happened({ kind: 'none', waiting, nextStart });
      if (resume !== undefined)
        this.#ready.set(task.id, adoptedWork(task, resume, { doer: doerOf(crew.agents, task.agent), now: new Date() }));
      else this.#heedOthers();
      this.#happened({ kind: 'selected', task, finished: resume !== undefined });
    } catch (error) {
      if (!isFailure(error) || keeper.isGone) return this.fail(asError(error));
      if (this.#trouble === undefined) output.note(`no task is started until this is mended: ${error.message}`);
      this.#trouble = error;
      this.#happened({ kind: 'unreadable' });
    }
  }

  /** Another loop, or an earlier run, may have been told that nobody of the account gets anything for now. */
  #heedOthers(): void {
    const now = Date.now();
    const closed = this.#parts.limits.closedByOthers(now);
    if (closed === undefined || closed.until <= (this.#view.pausedUntil ?? 0)) return;
    this.#closed = closed;
    this.#happened({ kind: 'closed', id: closed.id, until: closed.until, now });
  }

  async #start(task: Task): Promise<void> {
    const { id: task_id, title, attempt: number } = task;
    const attempt = number === undefined ? {} : { attempt: number };
    if (!(await this.#own.tell('task.selected', { task_id, ...attempt, title, how: 'start' }))) return;
    const at = new Date().toISOString();
    await this.#parts.crew.worker.send({ v: 1, type: 'task', at, task_id, ...attempt, task });
  }

  async #adopt(id: string): Promise<void> {
    const { attempt, title } = this.#ready.get(id) ?? {};
    const known = { ...(attempt === undefined ? {} : { attempt }), ...(title === undefined ? {} : { title }) };
    if (!(await this.#own.tell('task.selected', { task_id: id, ...known, how: 'adopt' }))) return;
    await this.#parts.crew.integrator.send(this.#handOver(id));
  }

  #handOver(id: string): object {
    const work = this.#ready.get(id) ?? {};
    this.#ready.delete(id);
    return work;
  }

  #pause({ id, seconds, until }: Extract<Action, { kind: 'pause' }>): void {
    const [said = ''] = (this.#results.get(id)?.reason ?? this.#closed?.reason ?? '').split('\n');
    const reason = `${id} was turned away by a rate limit${said === '' ? '' : `: ${said}`}`;
    const fields = { run_id: this.#parts.runId, code: 'rate_limited', reason, retry_after: Math.ceil(seconds) };
    void this.#own.tell('run.paused', fields);
    // A timer may be early by a little.
    const over = () => {
      void this.#parts.crew.worker.send({ type: 'agents.resume' });
      this.#happened({ kind: 'pause_over', now: Math.max(until, Date.now()) });
    };
    this.#alarms.set('pause', until, over);
  }

  #fold(event: AnyEvent): void {
    const { task_id: id } = event;
    const after = id === undefined ? undefined : resultAfter(this.#results.get(id), event, id);
    if (id !== undefined && after !== undefined) this.#results.set(id, after);
  }

  #keep(event: AnyEvent): void {
    this.#fold(event);
    this.#parts.limits.take(event);
    this.#parts.log.append(event);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
