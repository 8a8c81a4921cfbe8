import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs';

const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;

/**
 * Writes to the terminal of a descriptor without ever waiting for it: somebody may have stopped it (Ctrl-S), and a write
 * of Node's own would stop the whole process with it. What it does not take is kept, and goes before anything else.
 */
export class TerminalWriter {
  readonly #fd: number;
  #rest: Uint8Array = new Uint8Array();
  #isGone = false;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Opens the terminal anew, so that nobody else's writes change their ways; nothing where that cannot be done.
   *
   * @param fd a descriptor of the terminal
   */
  static open(fd: number): TerminalWriter | undefined {
    const path = existsSync('/proc/self/fd') ? `/proc/self/fd/${fd}` : `/dev/fd/${fd}`;
    try {
      return new TerminalWriter(openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY));
    } catch {
      return undefined;
    }
  }

  /** Whether it takes nothing any more, since it has hung up. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether it has taken all that it was given; asks it for what is left. */
  isFree(): boolean {
    while (this.#rest.length > 0 && !this.#isGone) {
      try {
        this.#rest = this.#rest.subarray(writeSync(this.#fd, this.#rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
        this.#isGone = true;
      }
    }
    return !this.#isGone;
  }

  /** Writes a text, all of it or a part now; only when `isFree`. */
  write(text: string): void {
    this.#rest = Buffer.from(text);
    this.isFree();
  }

  /** Lets go of it; returns what it has not taken, which may begin within a character. */
  close(): Uint8Array {
    if (this.#isGone) return new Uint8Array();
    closeSync(this.#fd);
    this.#isGone = true;
    return this.#rest;
  }
}
