import { join } from 'node:path';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { fileStamp } from '@ralph/protocol/process/file-stamp';
import { readDocumentText, requireSize } from './document-text.ts';
import { parseState } from './state-document.ts';
import type { StateImage } from './state-image.ts';
import type { WriteLock } from './write-lock.ts';

interface Known {
  readonly stamp: string;
  readonly state: StateFile;
  /** Only where this process has written it. */
  readonly image: StateImage | undefined;
}

/** The state file of one repository; nothing else opens it. What it returns is shared: it must not be changed. */
export class StateStore {
  readonly path: string;
  #known: Known | undefined;
  #swept = false;

  constructor(root: string) {
    this.path = join(root, RALPH_PATHS.state);
  }

  /**
   * Returns what the file says, or nothing when there is none. Needs no lock: the file is always whole.
   *
   * @throws Failure `state_corrupt`, `state_newer`, `file_too_large`, `permission` or `io`
   */
  async read(): Promise<StateFile | undefined> {
    if (this.#known !== undefined && fileStamp(this.path) === this.#known.stamp) return this.#known.state;
    this.#known = undefined;
    try {
      const document = readDocumentText(this.path, 'state_corrupt');
      if (document === undefined) return undefined;
      const state = await parseState(document.text, this.path);
      this.#known = { stamp: document.stamp, state, image: undefined };
      return state;
    } catch (error) {
      if (!isFailure(error) || error.code !== 'state_corrupt') throw error;
      const hint = 'see what can be mended with ralph-state repair --dry-run; the file was left as it is';
      throw new Failure(error.code, error.message, { ...error.parts, hint });
    }
  }

  /**
   * Replaces the file, durably, and removes what killed writers left beside it.
   *
   * @param lock what makes sure that nobody wrote since the state was read
   * @throws Failure `state_inexact` when a number of somebody else in it would come out as another one, `file_too_large`,
   *   `disk_full`, `permission` or `io`; the file is then as it was
   */
  async write(lock: WriteLock, state: StateFile): Promise<void> {
    void lock;
    const [{ StateImage }, { replaceFile }, { sweepNextFiles }] = await Promise.all([
      import('./state-image.ts'),
      import('@ralph/protocol/process/durable-file'),
      import('@ralph/protocol/process/next-file'),
    ]);
    const known = this.#known;
    if (known !== undefined && known.image === undefined) {
      const { mayBeInexact, requireExact } = await import('./exact-numbers.ts');
      // Nothing of ours is such a number, so that what was written by us needs no look.
      if (mayBeInexact(known.state)) await requireExact(readDocumentText(this.path, 'state_corrupt')?.text, this.path);
    }
    this.#known = undefined;
    const image = known?.image?.advance(state) === true ? known.image : new StateImage(state);
    requireSize(image.bytes.length, this.path);
    // Whoever is killed later is cleaned up after by the next process.
    if (!this.#swept) sweepNextFiles(this.path);
    this.#swept = true;
    const stamp = await replaceFile(this.path, image.bytes);
    this.#known = stamp === undefined ? undefined : { stamp, state, image };
  }
}
