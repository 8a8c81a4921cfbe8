import { timerMs } from '@ralph/protocol/cli/timer-ms';

/** Times at which the run looks again, one of each name. */
export class Alarms {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /**
   * Calls `onTime` at a time, in ms of the wall clock; instead of what was set under this name before. A time more than
   * 25 days away is called early.
   */
  set(name: string, at: number, onTime: () => void): void {
    clearTimeout(this.#timers.get(name));
    const ring = () => {
      this.#timers.delete(name);
      onTime();
    };
    this.#timers.set(name, setTimeout(ring, timerMs(Math.max(0, at - Date.now()))));
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
