import { statSync } from 'node:fs';
import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { namesIn } from '@ralph/protocol/process/names-in';
import { callSibling } from '@ralph/protocol/process/sibling';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Where nothing was ever cleared away: so many logs may stand there before anybody looks. */
const FEW_LOGS = 200;

export interface UpkeepParts {
  readonly root: string;
  readonly keepDays: number;
  /** On abort what goes on is ended. */
  readonly signal: AbortSignal;
  readonly onNote: (line: string) => void;
}

/**
 * Has what earlier tasks have left cleared away beside a run, by `ralph-worker prune`: at the start of a run when that was
 * not done for a day, and again whenever it has gone on for another. Nothing of a run depends on it.
 */
export class Upkeep {
  readonly #parts: UpkeepParts;
  #lookedAt = Date.now();
  #running: Promise<void> | undefined;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
    if (isDue(parts.root, Date.now())) this.#begin();
  }

  /** Is told that something has happened in the run. */
  take(): void {
    if (Math.abs(Date.now() - this.#lookedAt) < DAY_MS) return;
    this.#lookedAt = Date.now();
    this.#begin();
  }

  /** Settles when nothing of it goes on; never fails. */
  async done(): Promise<void> {
    await this.#running;
  }

  #begin(): void {
    if (this.#running !== undefined || this.#parts.signal.aborted) return;
    this.#running = this.#prune().finally(() => (this.#running = undefined));
  }

  async #prune(): Promise<void> {
    const { root, keepDays, signal, onNote } = this.#parts;
    const words = ['prune', '--repo', root, '--older-than', `${keepDays}d`, '--format', 'ndjson'];
    try {
      await callSibling('ralph-worker', words, onNote, { signal });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) onNote(`logs and refs of earlier tasks were not cleared away: ${why}`);
    }
  }
}

/** Tells whether it is time to look what earlier runs have left. */
function isDue(root: string, now: number): boolean {
  try {
    const last = statSync(join(root, RALPH_PATHS.pruned), { throwIfNoEntry: false })?.mtimeMs;
    // A time to come is none that we have written, or the clock was set back since.
    if (last !== undefined) return Math.abs(now - last) >= DAY_MS;
    return namesIn(join(root, RALPH_PATHS.logs)).length > FEW_LOGS;
  } catch {
    return false;
  }
}
