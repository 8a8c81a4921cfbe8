import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { bareEnvironment } from './environment.ts';

/** 6 is LOCK_EX without waiting, 8 is LOCK_UN. It ends with its stdin, and so with us. */
const SERVANT =
  'open(F,"+<&=",3)||exit 71;while(sysread(STDIN,$w,1)){$w eq"l"?syswrite(STDOUT,flock(F,6)?"y":"n"):flock(F,8)}';

/**
 * A small process that shares an open file description with us and makes flock(2) on it whenever it is told to: whoever
 * locks again and again is spared the start of a program each time. The lock is that of the description, so that it stays
 * ours when the process dies; when we die, it goes with the last of the two, a moment later. Needs perl.
 */
export class LockServant {
  readonly #child: ChildProcess;
  readonly #asked: ((answer: 'locked' | 'busy' | 'lost') => void)[] = [];
  #isGone = false;

  /**
   * @param fd an open file; it has to stay open as long as the servant lives
   * @param onGone called once when it cannot do anything any more, which may be never
   */
  constructor(fd: number, onGone: () => void) {
    this.#child = spawn('perl', ['-e', SERVANT], {
      cwd: '/',
      env: bareEnvironment(),
      stdio: ['pipe', 'pipe', 'ignore', fd],
      // The Ctrl-C of a terminal is ours to answer.
      detached: true,
    });
    const lose = () => {
      if (this.#isGone) return;
      this.#isGone = true;
      for (const answer of this.#asked.splice(0)) answer('lost');
      onGone();
    };
    this.#child.on('error', lose);
    this.#child.on('close', lose);
    this.#child.stdin?.on('error', () => {});
    this.#child.stdout?.setEncoding('latin1').on('data', (letters: string) => {
      for (const letter of letters) this.#asked.shift()?.(letter === 'y' ? 'locked' : 'busy');
      if (this.#asked.length === 0) this.#hold(false);
    });
    this.#child.unref();
    this.#hold(false);
  }

  /** Tries to lock, without waiting; `lost` when the process is gone, and then nobody knows. */
  lock(): Promise<'locked' | 'busy' | 'lost'> {
    if (this.#isGone) return Promise.resolve('lost');
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.#hold(true);
      this.#child.stdin?.write('l');
    });
  }

  /** Unlocks, soon; what is asked after that comes after it. */
  unlock(): void {
    if (!this.#isGone) this.#child.stdin?.write('u');
  }

  /** Lets the process end. */
  close(): void {
    this.#child.stdin?.end();
  }

  /** It keeps us alive only while an answer is awaited. */
  #hold(isHeld: boolean): void {
    for (const stream of [this.#child.stdin, this.#child.stdout] as (Socket | null)[]) {
      if (isHeld) stream?.ref();
      else stream?.unref();
    }
  }
}
