import { timerMs } from '@ralph/protocol/cli/timer-ms';

/** Times at which the run looks again, one of each name. */
export class Alarms {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /**
   * Calls `onTime` at a time, in ms of the wall clock; instead of what was set under this name before.
   */
  set(name: string, at: number, onTime: () => void): void {
    clearTimeout(this.#timers.get(name));
    const ms = Math.max(0, at - Date.now());
    const step = timerMs(ms);
    const ring = () => {
      this.#timers.delete(name);
      if (step < ms) this.set(name, at, onTime);
      else onTime();
    };
    this.#timers.set(name, setTimeout(ring, step));
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
