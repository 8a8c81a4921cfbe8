import type { Leavings } from './leavings.ts';
import type { ProcessFigures } from './processes.ts';

/** A process of ours at a moment; `heapBytes` is what its garbage collector could not take, where it was asked. */
export interface ProcessSample extends ProcessFigures {
  readonly heapBytes: number | undefined;
}

/** One look from outside at everything that may grow. */
export interface Sample {
  /** Tasks that have ended by then. */
  readonly ended: number;
  /** Milliseconds since the first run began. */
  readonly at: number;
  /** Which of the runs one after the other it is. */
  readonly run: number;
  readonly processes: readonly ProcessSample[];
  readonly leavings: Leavings;
}
