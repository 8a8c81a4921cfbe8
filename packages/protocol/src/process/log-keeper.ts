import type { KeptLog } from './kept-log.ts';
import { FIRST_LOOK_MS, nextLookMs } from './log-schedule.ts';

const PROGRESS_MS = 2000;
const NEARLY_MS = 5;

/** What is to be done about the log of one process. */
export interface LogDuties {
  /** Called when the log has grown: at once the first time, then every 2 s at most, not again before it has settled. */
  readonly report: () => Promise<void>;
  /** Without output for that long it is idle. */
  readonly idleMs: number | undefined;
  /** Called once. */
  readonly onIdle: () => void;
}

interface Watched {
  readonly log: KeptLog;
  readonly duties: LogDuties;
  lookedAt: number;
  grownAt: number;
  dueAt: number;
  reportedAt: number;
  reportedBytes: number;
  isIdle: boolean;
  reporting: Promise<void> | undefined;
  rotating: Promise<void> | undefined;
}

/** Looks after the logs of all agents or gates of a run: one timer, set to when the first of them is due. */
export class LogKeeper {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  /** One at a time, since each takes a buffer. */
  #rotations: Promise<void> = Promise.resolve();

  /** Begins to look after a log; the returned function ends it, after a last look that keeps the limit. */
  watch(log: KeptLog, duties: LogDuties): () => Promise<void> {
    const now = performance.now();
    const watched: Watched = {
      log,
      duties,
      lookedAt: now,
      grownAt: now,
      dueAt: now + Math.min(FIRST_LOOK_MS, duties.idleMs ?? FIRST_LOOK_MS),
      reportedAt: now - PROGRESS_MS,
      reportedBytes: 0,
      isIdle: false,
      reporting: undefined,
      rotating: undefined,
    };
    this.#watched.add(watched);
    this.#arm();
    return () => this.#end(watched);
  }

  async #end(watched: Watched): Promise<void> {
    this.#watched.delete(watched);
    this.#arm();
    await watched.reporting;
    await watched.rotating;
    watched.log.measure();
    await watched.log.readAll();
    if (watched.log.isFull) await this.#rotate(watched);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const due = Math.min(...[...this.#watched].map(({ dueAt }) => dueAt));
    if (Number.isFinite(due)) this.#timer = setTimeout(() => this.#tick(), Math.max(1, due - performance.now()));
  }

  #tick(): void {
    const now = performance.now();
    for (const watched of this.#watched) {
      // Those that are nearly due are looked at now, which saves waking up again.
      if (watched.dueAt > now + NEARLY_MS) continue;
      try {
        this.#look(watched, now);
      } catch {
        // A file system that does not answer for a moment is asked again.
        watched.dueAt = now + PROGRESS_MS;
      }
    }
    this.#arm();
  }

  #look(watched: Watched, now: number): void {
    const { log, duties } = watched;
    // While it is cut its length says nothing.
    if (watched.rotating !== undefined) {
      watched.dueAt = now + FIRST_LOOK_MS;
      return;
    }
    const grownBytes = log.measure();
    if (grownBytes > 0) log.readOn();
    const elapsedMs = Math.max(1, now - watched.lookedAt);
    watched.lookedAt = now;
    if (grownBytes > 0) watched.grownAt = now;
    const idleLeftMs = (duties.idleMs ?? Number.POSITIVE_INFINITY) - (now - watched.grownAt);
    if (idleLeftMs <= 0 && !watched.isIdle) {
      watched.isIdle = true;
      duties.onIdle();
    }
    const { size, limitBytes } = log;
    const left = watched.isIdle ? Number.POSITIVE_INFINITY : idleLeftMs;
    watched.dueAt = now + nextLookMs({ size, limitBytes, grownBytes, elapsedMs, idleLeftMs: left });
    if (log.isFull) void this.#rotate(watched);
    this.#report(watched, now);
  }

  #report(watched: Watched, now: number): void {
    const { bytes } = watched.log;
    if (watched.reporting !== undefined || bytes === watched.reportedBytes) return;
    if (now - watched.reportedAt < PROGRESS_MS) return;
    watched.reportedAt = now;
    watched.reportedBytes = bytes;
    watched.reporting = watched.duties
      .report()
      .catch(() => {})
      .finally(() => (watched.reporting = undefined));
  }

  #rotate(watched: Watched): Promise<void> {
    const before = this.#rotations;
    const rotating = before
      .then(() => watched.log.rotate())
      // It is tried again at the next look.
      .catch(() => {})
      .finally(() => {
        watched.rotating = undefined;
        watched.dueAt = performance.now();
        if (this.#watched.has(watched)) this.#arm();
      });
    watched.rotating = rotating;
    this.#rotations = rotating;
    return rotating;
  }
}
