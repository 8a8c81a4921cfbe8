import type { Call } from '@ralph/protocol/cli/program';
import type { LockHolder } from '../start/lock-holder.ts';
import type { Courier } from './courier.ts';
import { DeliveryRoom } from './delivery-room.ts';
import type { Target } from './target.ts';
import { eventsText, standingOf } from './waiting.ts';

/** What a run waits for at its end at most, for what is under way; ending a command takes two seconds more. */
const END_MS = 4000;

/** Tells the targets of the events of a run, beside it: nothing here delays the run or makes it fail. */
export class Notifier {
  readonly #output: Call['output'];
  readonly #room: DeliveryRoom;
  readonly #targets: readonly Target[];
  readonly #couriers: readonly Courier[];
  /** Aborted when nothing is waited for any more. */
  readonly #cut = new AbortController();
  /** Aborted when there is nothing to be gained from the lock any more. */
  readonly #late = new AbortController();
  readonly #work: Promise<void>;
  #ending: Promise<void> | undefined;

  private constructor(
    output: Call['output'],
    room: DeliveryRoom,
    targets: readonly Target[],
    couriers: readonly Courier[],
  ) {
    this.#output = output;
    this.#room = room;
    this.#targets = targets;
    this.#couriers = couriers;
    this.#work = this.#deliver();
  }

  /**
   * Begins to tell the targets of what is appended to the log from now on, and of what an earlier run has left.
   *
   * @throws what the file system throws
   */
  static async start(
    { output, stop }: Pick<Call, 'output' | 'stop'>,
    root: string,
    targets: readonly Target[],
  ): Promise<Notifier> {
    const room = new DeliveryRoom(root, output);
    stop.onForce(() => room.around.trees.killAll());
    const couriers: Courier[] = [];
    for (const target of targets) {
      const courier = await room.courierFor(target, true);
      if (courier !== undefined) couriers.push(courier);
    }
    return new Notifier(output, room, targets, couriers);
  }

  /** To be called when the log has grown. */
  told(): void {
    for (const courier of this.#couriers) courier.told();
  }

  /** Ends it within a few seconds, and tells what is left for the next run. Never throws. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    for (const courier of this.#couriers) courier.close();
    const timer = setTimeout(() => {
      this.#late.abort();
      this.#cut.abort();
    }, END_MS);
    try {
      await this.#work;
      await this.#room.around.trees.endAll();
      await this.#tellLeft();
    } catch (error) {
      this.#output.note(`notifications: ${String(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #deliver(): Promise<void> {
    let lock: LockHolder | undefined;
    try {
      // Only somebody who sends what waits by hand has it, for a moment.
      lock = await this.#room.takeLock(Number.POSITIVE_INFINITY, this.#late.signal);
      void lock.lost.then((lost) => {
        if (lost !== undefined) this.#cut.abort();
      });
      await Promise.all(this.#couriers.map((courier) => courier.run(this.#cut.signal)));
    } catch (error) {
      if (!this.#late.signal.aborted) this.#output.note(`notifications: events wait: ${String(error)}`);
    } finally {
      await lock?.release().catch(() => {});
    }
  }

  async #tellLeft(): Promise<void> {
    for (const target of this.#targets) {
      const { waiting, cursor } = await standingOf(this.#room.root, this.#room.logPath, target);
      const lost = this.#couriers.find((courier) => courier.target === target)?.tally.given_up ?? 0;
      if (lost > 0) this.#output.note(`notifications: ${target.id}: ${eventsText(lost)} of this run given up`);
      if (waiting === 0) continue;
      const why = cursor?.error === undefined ? '' : ` (${cursor.error.words})`;
      const next = 'the next run sends them, or: ralph-orchestrate notify send';
      this.#output.note(`notifications: ${target.id}: ${eventsText(waiting)} not sent yet${why}; ${next}`);
    }
  }
}
