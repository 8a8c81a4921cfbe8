import type { Output } from '@ralph/protocol/cli/output';
import type { Closed, RunLimits } from '../quota/run-limits.ts';
import type { StopFile } from '../stop/stop-file.ts';
import type { TaskSource } from '../tasks/choice.ts';
import type { AdoptedWork } from './adopted-work.ts';
import type { Crew } from './crew.ts';
import type { EventLog } from './event-log.ts';
import type { Results } from './results.ts';
import type { StateKeeper } from './state-keeper.ts';
import type { Policy, View } from './view.ts';

export interface LoopParts {
  readonly root: string;
  readonly statePath: string;
  /** Further files below the root whose change may make a task ready. */
  readonly otherPaths: readonly string[];
  readonly runId: string;
  readonly crew: Crew;
  readonly keeper: StateKeeper;
  readonly log: EventLog;
  readonly limits: RunLimits;
  readonly output: Output;
  readonly policy: Policy;
  readonly select: TaskSource;
  readonly stopFile: StopFile;
  /** Work that an earlier run has finished and not landed. */
  readonly adopted: readonly AdoptedWork[];
}

export interface LoopEnd {
  readonly view: View;
  readonly results: Results;
  /** The limit that others have met and that this run has heeded. */
  readonly closed: Closed | undefined;
  /** What ended the run before its time. */
  readonly failure: Error | undefined;
  /** Why it could not be told at the end what else there is to do. */
  readonly trouble: Error | undefined;
}
