import type { AnyEvent, EventOf } from '@ralph/protocol/contract/events';

/** The lines of one run in a log, and what its first and its last event say. */
export interface RunLines {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** Nothing where the beginning of the run is gone. */
  readonly started: EventOf<'run.started'> | undefined;
  /** Nothing where the run goes on, or was killed. */
  readonly finished: EventOf<'run.finished'> | undefined;
}

type Growing = { -readonly [K in keyof Omit<RunLines, 'id'>]: RunLines[K] };

/**
 * Finds the runs in a log: one run writes at a time, so that each has lines of its own. Whoever wants to keep them is told
 * of each when the next one begins, and of the last one by `end`. Lines of which nobody can say whose they are are left out.
 */
export class RunIndex {
  readonly #onRun: (run: RunLines) => void;
  #id: string | undefined;
  #run: Growing | undefined;

  constructor(onRun: (run: RunLines) => void) {
    this.#onRun = onRun;
  }

  /** Takes the next event in, with the number of its line. Only the first and the last of a run need be understood. */
  take(event: AnyEvent | Readonly<Record<string, unknown>>, line: number): void {
    const told = typeof event['run_id'] === 'string' ? event['run_id'] : undefined;
    const isStart = event.type === 'run.started';
    const isOther = told !== undefined && this.#id !== undefined && told !== this.#id;
    if (isStart || isOther || this.#run?.finished !== undefined) this.end();
    this.#id ??= told;
    this.#run ??= { from: line, to: line, started: undefined, finished: undefined };
    this.#run.to = line;
    if (isStart) this.#run.started = event as EventOf<'run.started'>;
    if (event.type === 'run.finished') this.#run.finished = event as EventOf<'run.finished'>;
  }

  /** Says that no more events come. */
  end(): void {
    if (this.#id !== undefined && this.#run !== undefined) this.#onRun({ id: this.#id, ...this.#run });
    this.#id = undefined;
    this.#run = undefined;
  }
}
