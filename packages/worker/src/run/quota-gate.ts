import { Failure } from '@ralph/protocol/contract/failure';
import type { RateLimit } from './rate-limit.ts';

interface TurnedAway extends RateLimit {
  /** What it said. */
  readonly reason: string;
}

/**
 * Lets agents start until one of them is turned away by its provider. From then on none is started, since each would
 * only be told the same; what runs goes on. Whoever knows when the limit is over opens it again.
 */
export class QuotaGate {
  #closedBy: { readonly taskId: string; readonly reason: string; readonly until: number | undefined } | undefined;

  /**
   * Closes the gate, since an agent was turned away.
   *
   * @param now milliseconds since 1970
   */
  close(taskId: string, { reason, retryAfterS }: TurnedAway, now: number): void {
    const until = retryAfterS === undefined ? undefined : now + retryAfterS * 1000;
    const later = Math.max(until ?? 0, this.#closedBy?.until ?? 0);
    this.#closedBy = { taskId, reason, until: later === 0 ? undefined : later };
  }

  open(): void {
    this.#closedBy = undefined;
  }

  /**
   * Lets an agent through.
   *
   * @param now milliseconds since 1970
   * @throws Failure `rate_limited` while the gate is closed
   */
  pass(now: number): void {
    if (this.#closedBy === undefined) return;
    const { taskId, reason, until } = this.#closedBy;
    const retryAfter = until === undefined ? {} : { retryAfter: Math.max(0, Math.ceil((until - now) / 1000)) };
    throw new Failure(
      'rate_limited',
      `no agent is started after that of ${taskId} was turned away: ${reason}`,
      retryAfter,
    );
  }
}
