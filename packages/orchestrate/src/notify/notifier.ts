import { BoundedWait } from '@ralph/protocol/cli/bounded-wait';
import type { Call } from '@ralph/protocol/cli/program';
import type { LockHolder } from '../start/lock-holder.ts';
import type { Courier } from './courier.ts';
import { DeliveryRoom } from './delivery-room.ts';
import type { Target } from './target.ts';
import { eventsText, standingOf } from './waiting.ts';

/** What a run waits for at its end at most, for what is under way; ending a command takes two seconds more. */
const END_MS = 4000;

/** Behind that, nothing is waited for any more, whatever it does. */
const CUT_MS = 5000;

/** Tells the targets of the events of a run, beside it: nothing here delays the run or makes it fail. */
export class Notifier {
  readonly #output: Call['output'];
  readonly #room: DeliveryRoom;
  readonly #targets: readonly Target[];
  /** Nobody before the lock is ours: who sends by hand until then moves the cursors. */
  readonly #couriers: Courier[] = [];
  /** Aborted when nothing is waited for any more. */
  readonly #cut = new AbortController();
  /** Aborted when there is nothing to be gained from the lock any more. */
  readonly #late = new AbortController();
  readonly #work: Promise<void>;
  #lock: LockHolder | undefined;
  #ending: Promise<void> | undefined;

  private constructor(output: Call['output'], room: DeliveryRoom, targets: readonly Target[]) {
    this.#output = output;
    this.#room = room;
    this.#targets = targets;
    this.#work = this.#deliver();
  }

  /**
   * Begins to tell the targets of what is appended to the log from now on, and of what an earlier run has left.
   * A target that cannot be told is told of, and keeps no other.
   */
  static async start(
    { output, stop }: Pick<Call, 'output' | 'stop'>,
    { root, env }: { readonly root: string; readonly env: NodeJS.ProcessEnv },
    targets: readonly Target[],
  ): Promise<Notifier> {
    const room = new DeliveryRoom(root, output, env);
    stop.onForce(() => room.around.trees.killAll());
    const begun: Target[] = [];
    for (const target of targets) {
      try {
        await room.begin(target);
        begun.push(target);
      } catch (error) {
        output.note(`notifications: ${target.id}: is not told of this run: ${String(error)}`);
      }
    }
    return new Notifier(output, room, begun);
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
      const wait = new BoundedWait(this.#cut.signal, CUT_MS);
      await wait.for(this.#work);
      await wait.for(this.#release());
      await this.#room.around.trees.endAll();
      await this.#tellLeft();
    } catch (error) {
      this.#output.note(`notifications: ${String(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #deliver(): Promise<void> {
    try {
      // Only somebody who sends what waits by hand has it, for a moment.
      this.#lock = await this.#room.takeLock(Number.POSITIVE_INFINITY, this.#late.signal);
      void this.#lock.lost.then((lost) => {
        if (lost !== undefined) this.#cut.abort();
      });
      for (const target of this.#targets) await this.#employ(target);
      await Promise.all(this.#couriers.map((courier) => courier.run(this.#cut.signal)));
    } catch (error) {
      if (!this.#late.signal.aborted) this.#output.note(`notifications: events wait: ${String(error)}`);
    } finally {
      await this.#release();
    }
  }

  async #employ(target: Target): Promise<void> {
    try {
      const courier = await this.#room.courierFor(target);
      if (courier === undefined) return;
      if (this.#ending !== undefined) courier.close();
      this.#couriers.push(courier);
    } catch (error) {
      this.#output.note(`notifications: ${target.id}: events wait: ${String(error)}`);
    }
  }

  async #release(): Promise<void> {
    await this.#lock?.release().catch(() => {});
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
