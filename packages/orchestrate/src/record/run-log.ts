import type { AnyEvent } from '@ralph/protocol/contract/events';
import { eventOf, recordOf } from './read-line.ts';
import { LogSnapshot } from './log-snapshot.ts';
import { RunIndex, type RunLines } from './run-index.ts';

/** What takes the events of one run in. */
export interface Taking {
  take(event: AnyEvent): void;
}

const FRAMES: ReadonlySet<unknown> = new Set(['run.started', 'run.finished']);

/** The runs that a loop has on record, read from its log of events without keeping more of it than is asked for. */
export class RunLog {
  readonly #reader: LogSnapshot;
  #broken = 0;

  private constructor(reader: LogSnapshot) {
    this.#reader = reader;
  }

  /**
   * Opens the log of a loop; where there is none, it has no runs.
   *
   * @throws Failure `permission`, `io`
   */
  static async open(path: string): Promise<RunLog> {
    return new RunLog(await LogSnapshot.open(path));
  }

  /** Lines that were left out, since nobody can read them. */
  get broken(): number {
    return this.#broken;
  }

  /** Tells of each run, the oldest first. To be called once. */
  async runs(onRun: (run: RunLines) => void): Promise<void> {
    const index = new RunIndex(onRun);
    await this.#reader.lines((bytes, number) => {
      const record = recordOf(bytes);
      const event = record !== undefined && FRAMES.has(record['type']) ? eventOf(record, number) : record;
      if (event === undefined || event === 'broken') this.#broken += 1;
      else index.take(event, number);
    });
    index.end();
  }

  /** Folds some of the runs that were told of, in one pass; returns what came of each, in the same order. */
  async fold<T extends Taking>(runs: readonly Pick<RunLines, 'from' | 'to'>[], make: () => T): Promise<T[]> {
    const folds = runs.map(({ from, to }) => ({ from, to, fold: make() }));
    const open = folds.toSorted((a, b) => a.from - b.from);
    if (open.length === 0) return [];
    await this.#reader.lines((bytes, number) => {
      while (open[0] !== undefined && open[0].to < number) open.shift();
      const [next] = open;
      if (next === undefined || number < next.from) return;
      const record = recordOf(bytes);
      const event = record === undefined ? undefined : eventOf(record, number);
      if (event === 'broken') this.#broken += 1;
      else if (event !== undefined) next.fold.take(event);
    });
    return folds.map(({ fold }) => fold);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
