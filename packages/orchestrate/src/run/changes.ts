import { isFailure } from '@ralph/protocol/contract/failure';
import { PathWatch } from '@ralph/protocol/process/path-watch';

/** Where the system has no watch left, the files are looked at as often as this. */
const LOOK_MS = 5000;

export interface ChangesOptions {
  readonly root: string;
  readonly paths: readonly string[];
  /** Called when one of the files may have changed, and once when the watch stands. */
  readonly onChange: () => void;
  readonly onNote: (line: string) => void;
}

/** Tells when one of some files may have changed, until it is closed. It ends nothing: where nothing can be watched it looks. */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ChangesOptions) {
    this.#options = options;
    void this.#follow();
  }

  close(): void {
    this.#end.abort();
    clearInterval(this.#timer);
  }

  async #follow(): Promise<void> {
    const { root, paths, onChange, onNote } = this.#options;
    const { signal } = this.#end;
    let watch: PathWatch | undefined;
    try {
      watch = new PathWatch({ root, paths, signal });
      do onChange();
      while ((await watch.next()) === 'changed');
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (signal.aborted) return;
      onNote(`${error.message}; looking every ${LOOK_MS / 1000} s instead`);
      this.#timer = setInterval(onChange, LOOK_MS);
      onChange();
    } finally {
      watch?.close();
    }
  }
}
