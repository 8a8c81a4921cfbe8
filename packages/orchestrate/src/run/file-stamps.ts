import { fileStamp } from '@ralph/protocol/process/file-stamp';

/** What some files were like when they were last looked at. */
export class FileStamps {
  readonly #paths: readonly string[];
  #known: readonly (string | undefined)[];

  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#known = paths.map(fileStamp);
  }

  /** Tells whether one of them has changed since the last look. */
  look(): boolean {
    const before = this.#known;
    this.#known = this.#paths.map(fileStamp);
    return this.#known.some((stamp, index) => stamp !== before[index]);
  }
}
