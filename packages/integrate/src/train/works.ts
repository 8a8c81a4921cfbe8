import { isFailure } from '@ralph/protocol/contract/failure';
import { passGate } from '../gate/pass-gate.ts';
import type { Landed } from '../push/landed.ts';
import { keepLanded } from '../push/landed-refs.ts';
import type { Bench } from '../site/bench.ts';
import { eitherSignal } from '../site/either-signal.ts';
import { Stopped, throwIfStopped } from '../site/stopped.ts';
import { buildCar, type Ground } from './build-car.ts';
import type { Car } from './car.ts';
import type { Happening } from './happened.ts';
import { joinRoad } from './join-road.ts';
import { pushCars } from './push-cars.ts';
import type { Road } from './road.ts';
import type { Setback } from './setback.ts';

/** Makes of a candidate what is to be pushed, and returns what came of it. */
export async function build(car: Car, ground: Ground): Promise<Happening[]> {
  const { id } = car;
  const { onto } = ground;
  const built = await buildCar(car, ground);
  switch (built.kind) {
    case 'built':
      return [{ kind: 'built', id, onto, commit: built.commit }];
    case 'conflicted':
      return [{ kind: 'conflicted', id, onto }];
    case 'landed':
      landed(car, built.landed);
      return [{ kind: 'gone', id }];
  }
}

/**
 * Has the gate judge what was made of a candidate.
 *
 * @param below ids of those that are judged with it
 */
export async function judge(road: Road, car: Car, commit: string, below: readonly Car[]): Promise<Happening[]> {
  const { id, job, prepared } = car;
  const { stop } = job.bench;
  if (prepared === undefined || prepared.commit !== commit) return [{ kind: 'judged', id, commit, end: 'cut_off' }];
  job.judgedWith = below.map((other) => other.job.candidate.taskId);
  car.gate = new AbortController();
  const { signal, release } = eitherSignal(stop, car.gate.signal);
  try {
    const gate = road.withPlace(async () => {
      throwIfStopped(signal);
      await passGate(job, prepared, signal);
    });
    car.judging = gate.catch(() => undefined);
    await gate;
    return [{ kind: 'judged', id, commit, end: 'green' }];
  } catch (error) {
    if (error instanceof Stopped && !stop.aborted) return [{ kind: 'judged', id, commit, end: 'cut_off' }];
    if (!isFailure(error) || !RED.has(error.code)) {
      car.end ??= () => car.reject(error);
      return [
        { kind: 'judged', id, commit, end: 'cut_off' },
        { kind: 'gone', id },
      ];
    }
    car.failure = error;
    return [{ kind: 'judged', id, commit, end: 'red' }];
  } finally {
    release();
  }
}

const RED: ReadonlySet<string> = new Set(['ci_failed', 'ci_timeout', 'target_red']);

/**
 * Pushes candidates and returns what came of it. To its own line a train is alone: what other trains of ours have landed
 * in the meantime is not told to it.
 */
export async function push(road: Road, cars: readonly Car[], commit: string): Promise<Happening[]> {
  const ids = cars.map(({ id }) => id);
  const last = cars.at(-1);
  const base = cars[0]?.prepared?.onto;
  const { target } = road;
  if (last === undefined || target === undefined) return [{ kind: 'not_pushed', ids, apart: false }];
  const top = base === target ? commit : await joinRoad(cars, target);
  const end = await pushCars(cars.slice(0, -1), last, top);
  switch (end.kind) {
    case 'landed':
      await tellLanded(last.job.bench, cars, target);
      road.note(end.target, top);
      return [{ kind: 'pushed', ids, target: top === commit ? end.target : commit }];
    case 'apart':
      return [{ kind: 'not_pushed', ids, apart: true }];
    case 'setback':
      return [...outOf(end.setback), { kind: 'not_pushed', ids, apart: false }];
  }
}

/** Ends those for which there is to be no further try. */
export function outOf({ out }: Setback): Happening[] {
  for (const [car, failure] of out) car.end ??= () => car.reject(failure);
  return [...out.keys()].map(({ id }) => ({ kind: 'gone', id }));
}

/** Writes down at once for all of them that they have landed, before anybody hears of it. */
async function tellLanded(bench: Bench, cars: readonly Car[], onto: string): Promise<void> {
  const made = cars.flatMap(({ job: { candidate, hasTrainRef }, prepared }) =>
    prepared === undefined ? [] : [{ candidate, commit: prepared.commit, hasTrainRef }],
  );
  const isKept = await keepLanded(bench.settings.root, made);
  for (const { commit } of made) bench.history.learn(onto, commit);
  for (const car of cars) if (car.prepared !== undefined) landed(car, { ...car.prepared, isKept });
}

function landed(car: Car, { commit, queueTracked, isKept = false }: Landed): void {
  // Also when it was to be given up.
  car.end = () => car.resolve({ commit, queueTracked, isKept });
}
