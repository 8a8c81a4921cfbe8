import { isFailure } from '@ralph/protocol/contract/failure';
import type { Job } from '../candidate/job.ts';
import { putBack } from '../prepare/prepare.ts';
import { landedAfterAll, type Landed } from '../push/landed.ts';
import { isInHistory } from '../push/target.ts';
import type { Bench } from '../site/bench.ts';
import { Stopped, throwIfStopped } from '../site/stopped.ts';
import { carId, type Car } from './car.ts';
import type { Road } from './road.ts';
import type { Happening } from './happened.ts';
import { isSerial } from './landing-size.ts';
import { EMPTY_LINE, type Action, type Line, type Rules } from './line.ts';
import { lookAtTarget } from './look.ts';
import { step } from './step.ts';
import { dropFromTrain } from './train-refs.ts';
import { build, judge, outOf, push } from './works.ts';

type Work = Exclude<Action, { kind: 'leave' | 'cut_off' }>;

/** Does what the line decides: one work at a time in each workspace, one push at a time, nothing new after a stop. */
export class Train {
  readonly #bench: Bench;
  readonly #rules: Rules;
  readonly #road: Road;
  /** That of the road when the line was told where the target is. */
  #era: number | undefined;
  readonly #cars = new Map<string, Car>();
  #line: Line = EMPTY_LINE;

  constructor(bench: Bench, rules: Rules, road: Road) {
    this.#bench = bench;
    this.#rules = rules;
    this.#road = road;
    bench.stop.addEventListener('abort', () => this.#giveUp(), { once: true });
  }

  /**
   * Settles when a job has landed: when the remote says so, whatever git push said and however late.
   *
   * @param number of its arrival
   * @throws Failure when it cannot land by itself; Stopped
   */
  async land(job: Job, number: number): Promise<Landed> {
    throwIfStopped(this.#bench.stop);
    const id = carId(job);
    let isKept = false;
    try {
      const ended = await new Promise<Landed>((resolve, reject) => {
        this.#cars.set(id, { id, job, resolve, reject, busy: 0 });
        this.#happen({ kind: 'arrived', id, number });
      });
      isKept = ended.isKept === true;
      return ended;
    } catch (error) {
      const landed = error instanceof Stopped ? undefined : await landedAfterAll(job);
      if (landed === undefined) throw error;
      await putBack(job).catch(() => {});
      return landed;
    } finally {
      if (!isKept && job.hasTrainRef) await dropFromTrain(this.#bench.settings.root, job.candidate);
    }
  }

  /** Says that a candidate will not come again. */
  forget(id: string): void {
    if (!this.#bench.stop.aborted) this.#happen({ kind: 'gone', id });
  }

  #happen(...happenings: readonly Happening[]): void {
    const { line, actions } = step(this.#line, happenings, this.#rules);
    this.#line = line;
    for (const action of actions) this.#begin(action);
  }

  #begin(action: Action): void {
    switch (action.kind) {
      case 'cut_off':
        return this.#cars.get(action.id)?.gate?.abort();
      case 'leave':
        return this.#leave(this.#car(action.id));
      case 'look':
      case 'build':
      case 'judge':
      case 'push':
        return void this.#do(this.#carsOf(action), () => this.#perform(action));
    }
  }

  async #do(cars: readonly Car[], work: () => Promise<readonly Happening[]>): Promise<void> {
    for (const car of cars) car.busy += 1;
    let happenings: readonly Happening[];
    try {
      happenings = await work();
    } catch (error) {
      for (const car of cars) car.end ??= () => car.reject(error);
      happenings = cars.map(({ id }) => ({ kind: 'gone', id }));
    }
    for (const car of cars) car.busy -= 1;
    if (this.#bench.stop.aborted) this.#giveUp();
    this.#settle();
    if (!this.#bench.stop.aborted) this.#happen(...happenings);
  }

  #perform(action: Work): Promise<readonly Happening[]> {
    switch (action.kind) {
      case 'look':
        return this.#look();
      case 'build': {
        const { onto } = action;
        const isTarget = onto === this.#line.target && onto === this.#road.target;
        const ground = { onto, isTarget, carries: !isSerial(this.#rules) };
        return build(this.#car(action.id), ground);
      }
      case 'judge': {
        const below = action.below.map((id) => this.#car(id));
        return judge(this.#road, this.#car(action.id), action.commit, below);
      }
      case 'push':
        return this.#road.inTurn(() => this.#push(this.#carsOf(action), action.commit));
    }
  }

  async #push(cars: readonly Car[], commit: string): Promise<readonly Happening[]> {
    const afresh: Happening = { kind: 'not_pushed', ids: cars.map(({ id }) => id), apart: false };
    if (this.#bench.stop.aborted || this.#era !== this.#road.era) return [afresh];
    try {
      return await push(this.#road, cars, commit);
    } catch (error) {
      // Whatever one of them fails at on the road is found out for each of them on what is there. What stands there
      // already and is alone would be pushed again as it is, without end: it is its workspace that is broken.
      const isOnIt = cars.every(({ prepared }) => prepared?.onto === this.#road.target);
      if (isFailure(error) && !(cars.length === 1 && isOnIt)) return [afresh];
      throw error;
    }
  }

  /** When nobody can be asked, all that wait for it have had a setback. */
  async #look(): Promise<readonly Happening[]> {
    const cars = this.#line.places.map(({ id }) => this.#car(id));
    try {
      const sight = await lookAtTarget(this.#bench, cars);
      if (sight.kind === 'seen') {
        const before = this.#road.target;
        // What has landed since an agent began is known then, whoever has pushed it.
        if (before !== undefined) await isInHistory(this.#bench, before, sight.target);
        this.#road.note(sight.target);
        this.#era = this.#road.era;
        return [{ kind: 'looked', target: sight.target }];
      }
      return [...outOf(sight.setback), { kind: 'not_looked' }];
    } catch (error) {
      for (const car of cars) car.end ??= () => car.reject(error);
      return [...cars.map(({ id }) => ({ kind: 'gone', id }) as const), { kind: 'not_looked' }];
    }
  }

  #leave(car: Car): void {
    car.end ??= () => car.reject(car.failure);
    this.#settle();
  }

  #carsOf(action: Work): Car[] {
    if (action.kind === 'look') return [];
    return (action.kind === 'push' ? action.ids : [action.id]).map((id) => this.#car(id));
  }

  #car(id: string): Car {
    const car = this.#cars.get(id);
    if (car === undefined) throw new Error(`no candidate ${id} is in the train`);
    return car;
  }

  /** After a stop only what was begun is brought to its end. */
  #giveUp(): void {
    for (const car of this.#cars.values()) car.end ??= () => car.reject(new Stopped());
    this.#settle();
  }

  /** Nobody is told of the end of a candidate in whose workspace something is still being done. */
  #settle(): void {
    for (const [id, { busy, end, gate }] of this.#cars) {
      if (end === undefined) continue;
      if (busy > 0) {
        gate?.abort();
        continue;
      }
      this.#cars.delete(id);
      end();
    }
  }
}
