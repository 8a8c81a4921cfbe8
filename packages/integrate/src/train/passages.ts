import type { Candidate } from '../candidate/candidate.ts';
import type { Job } from '../candidate/job.ts';
import type { Landed } from '../push/landed.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { carId } from './car.ts';
import type { Lanes } from './lanes.ts';

/** The way of one candidate through the train, from the moment its line was read. */
export interface Passage {
  /**
   * Takes a place behind all that were read before, and settles when the job has landed. A job that was mended may come
   * again.
   *
   * @throws Failure when it cannot land by itself; Stopped
   */
  land(job: Job): Promise<Landed>;
  /** Those behind need not wait any longer for this one to take its place. */
  letPass(): void;
  /** It will not come again. */
  end(): void;
}

/** Lets candidates enter the train in the order in which they were read, however long each takes to be opened. */
export class Passages {
  readonly #lanes: Lanes;
  #count = 0;
  #allBefore: Promise<void> = Promise.resolve();

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  /** Returns the way of the candidate that was read now. */
  next(candidate: Candidate): Passage {
    const number = (this.#count += 1);
    const before = this.#allBefore;
    const lanes = this.#lanes;
    let letPass = () => {};
    let hasEntered = false;
    const entered = new Promise<void>((resolve) => (letPass = resolve));
    // Without a value: that of each would hold those of all before it.
    this.#allBefore = before.then(() => entered);
    return {
      letPass,
      async land(job) {
        await before;
        throwIfStopped(job.bench.stop);
        hasEntered = true;
        return lanes.land(job, number, letPass);
      },
      end() {
        letPass();
        // The same attempt may have been read twice, and the other one be in the train.
        if (hasEntered) lanes.forget(carId({ candidate }));
      },
    };
  }
}
