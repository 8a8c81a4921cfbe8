import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { nextFilePath } from '@ralph/protocol/process/next-file';
import { LineFile } from '../record/line-file.ts';
import { rotateLog, type LogLimits } from '../record/rotate-log.ts';

/** Somebody who is told of every event of a run. What it throws reaches nobody; it is to return at once. */
export type Observer = (event: AnyEvent) => void;

/**
 * The run's stream on disk: every event but progress, appended line by line. A log that has become too long becomes the
 * first of its older parts, at the start of a run or between two events.
 */
export class EventLog {
  readonly path: string;
  readonly #limits: LogLimits;
  readonly #onNote: (line: string) => void;
  readonly #observers: Observer[] = [];
  #file: LineFile;
  /** The size at which the next rotation is tried. */
  #due: number;

  /**
   * Opens a log, whose one writer is the run that holds the loop lock.
   *
   * @throws Failure `permission`, `disk_full`, `io`
   */
  constructor(path: string, limits: LogLimits, onNote: (line: string) => void) {
    this.path = path;
    this.#limits = limits;
    this.#onNote = onNote;
    this.#due = limits.bytes;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#file = new LineFile(openSync(path, 'a+'));
      this.#file.mend();
    } catch (error) {
      throw asIoFailure(error, `open ${path}`);
    }
    this.#keepShort();
  }

  /** Has somebody told of every event from now on, whether it could be written or not. */
  observe(observer: Observer): void {
    this.#observers.push(observer);
  }

  /**
   * Appends one event, unless it tells of progress only; whoever observes is told of that, too.
   *
   * @throws Failure `disk_full`, `io`
   */
  append(event: AnyEvent): void {
    if (event.type === 'agent.progress') {
      this.#tell(event);
      return;
    }
    try {
      this.#file.append(JSON.stringify(event));
    } catch (error) {
      throw asIoFailure(error, `write ${this.path}`);
    } finally {
      this.#tell(event);
    }
    this.#keepShort();
  }

  close(): void {
    this.#file.close();
  }

  #tell(event: AnyEvent): void {
    for (const observer of this.#observers) {
      try {
        observer(event);
      } catch {
        // Nobody who watches a run has a say in it.
      }
    }
  }

  /** What cannot be renamed is written on: a log that is too long is no reason to end a run. */
  #keepShort(): void {
    const { size } = this.#file;
    if (size <= this.#due) return;
    try {
      const next = this.#begunAnew();
      this.#file.close();
      this.#file = next;
      this.#due = this.#limits.bytes;
    } catch (error) {
      if (this.#due === this.#limits.bytes)
        this.#onNote(`the event log grows on, since it cannot be renamed: ${String(error)}`);
      this.#due = size + this.#limits.bytes;
    }
  }

  /** The new file is there before the old one is renamed: where none can be made, the old one stays what it is. */
  #begunAnew(): LineFile {
    const draft = nextFilePath(this.path);
    const fd = openSync(draft, 'ax+');
    try {
      const next = new LineFile(fd);
      // Gone where an earlier try was cut off, or where somebody has taken it away: it is written on under another name.
      if (existsSync(this.path)) rotateLog(this.path, this.#limits.older);
      renameSync(draft, this.path);
      return next;
    } catch (error) {
      closeSync(fd);
      rmSync(draft, { force: true });
      throw error;
    }
  }
}
