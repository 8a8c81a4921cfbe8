import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { StopFile } from '../stop/stop-file.ts';
import { Changes } from './changes.ts';
import { FileStamps } from './file-stamps.ts';
import type { StateKeeper } from './state-keeper.ts';

export interface LookoutOptions {
  readonly root: string;
  readonly statePath: string;
  /** Further files below the root that change when another task may be ready. */
  readonly others: readonly string[];
  readonly stopFile: StopFile;
  readonly keeper: StateKeeper;
  /** Called when the run is asked to stop. */
  readonly onStop: () => void;
  /** Called when the queue, the done file or the records may offer another task than before. */
  readonly onChanged: () => void;
  readonly onNote: (line: string) => void;
}

/** Sees what other shells do while a run goes on: edits of the queue, requests to try again, requests to stop. */
export class Lookout {
  readonly #options: LookoutOptions;
  readonly #stamps: FileStamps;
  readonly #otherStamps: FileStamps;
  readonly #files: Changes;
  #records: Changes | undefined;

  /** A request to stop that is there already is told before this returns. */
  constructor(options: LookoutOptions) {
    this.#options = options;
    const { root, stopFile, keeper, onChanged, onNote } = options;
    const tasks = [join(root, RALPH_PATHS.queue), join(root, RALPH_PATHS.done)];
    this.#stamps = new FileStamps(tasks);
    this.#otherStamps = new FileStamps(options.others);
    keeper.onForeign = onChanged;
    this.#files = new Changes({ root, paths: [...tasks, stopFile.path], onChange: () => this.#look(), onNote });
  }

  /**
   * Says whether the run waits for a change. Only then are the records and the other files watched: the run itself
   * writes them all the time, and looks at them with each question.
   */
  waits(waiting: boolean): void {
    if (waiting === (this.#records !== undefined)) return;
    this.#records?.close();
    const { root, statePath, others, keeper, onChanged, onNote } = this.#options;
    const paths = [statePath, ...others];
    const onChange = () => {
      keeper.look();
      if (this.#otherStamps.look()) onChanged();
    };
    this.#records = waiting ? new Changes({ root, paths, onChange, onNote }) : undefined;
  }

  close(): void {
    this.waits(false);
    this.#files.close();
  }

  #look(): void {
    const { stopFile, onStop, onChanged, onNote } = this.#options;
    try {
      if (stopFile.isAsked()) onStop();
    } catch (error) {
      onNote(`cannot look at ${stopFile.path}: ${String(error)}`);
    }
    if (this.#stamps.look()) onChanged();
  }
}
