import type { Job } from '../candidate/job.ts';
import type { Landed } from '../push/landed.ts';
import type { Bench } from '../site/bench.ts';
import { Stopped, throwIfStopped } from '../site/stopped.ts';
import type { LandingScopes } from './landing-scopes.ts';
import type { Rules } from './line.ts';
import { Road } from './road.ts';
import { scopeOf } from './scope-of.ts';
import { Train } from './train.ts';

interface Waiting {
  readonly scope: string | undefined;
  readonly enter: () => void;
}

/**
 * A train for each scope that the user has declared, side by side, and one for all other work, which keeps the road to
 * itself. Who waits is served in the order of arrival, so that nobody waits for ever.
 */
export class Lanes {
  readonly #bench: Bench;
  readonly #rules: Rules;
  readonly #scopes: LandingScopes;
  readonly #road: Road;
  readonly #trains = new Map<string | undefined, Train>();
  readonly #waiting: Waiting[] = [];
  /** How many are on the road, and whether they keep to a scope. */
  #count = 0;
  #scoped = false;

  constructor(bench: Bench, rules: Rules, scopes: LandingScopes = new Map()) {
    this.#bench = bench;
    this.#rules = rules;
    this.#scopes = scopes;
    this.#road = new Road(rules.jobs);
    bench.stop.addEventListener('abort', () => this.#admit(), { once: true });
  }

  /**
   * Settles when a job has landed.
   *
   * @param number of its arrival
   * @param onPlace called when it has its place behind those that came before
   * @throws Failure when it cannot land by itself; Stopped
   */
  async land(job: Job, number: number, onPlace: () => void): Promise<Landed> {
    throwIfStopped(this.#bench.stop);
    if (this.#scopes.size === 0) {
      const landing = this.#train(undefined).land(job, number);
      onPlace();
      return landing;
    }
    const scope = await scopeOf(job, this.#scopes);
    await new Promise<void>((enter) => {
      this.#waiting.push({ scope, enter });
      onPlace();
      this.#admit();
    });
    try {
      if (this.#bench.stop.aborted) throw new Stopped();
      return await this.#train(scope).land(job, number);
    } finally {
      this.#count -= 1;
      this.#admit();
    }
  }

  /** Says that a candidate will not come again. */
  forget(id: string): void {
    for (const train of this.#trains.values()) train.forget(id);
  }

  #train(scope: string | undefined): Train {
    const known = this.#trains.get(scope);
    if (known !== undefined) return known;
    const train = new Train(this.#bench, this.#rules, this.#road);
    this.#trains.set(scope, train);
    return train;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const isScoped = next.scope !== undefined;
      if (this.#count > 0 && isScoped !== this.#scoped && !this.#bench.stop.aborted) return;
      this.#waiting.shift();
      this.#count += 1;
      this.#scoped = isScoped;
      next.enter();
    }
  }
}
