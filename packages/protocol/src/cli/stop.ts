import { setMaxListeners } from 'node:events';
import { exitCode, signalExitCode, type KnownSignal } from '../contract/exit-status.ts';

/** Why the process was told to end before its work was done. The first cause wins. */
export type StopCause =
  | { readonly kind: 'signal'; readonly signal: KnownSignal }
  | { readonly kind: 'leash' }
  | { readonly kind: 'stdout_closed' }
  | { readonly kind: 'stdout_failed' };

const ANSWERED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The one owner of signals in a process. The first signal starts one orderly shutdown through `signal`; a SIGINT or
 * SIGTERM after another signal runs the force hooks and lets the process die of it at once.
 */
export class Stop {
  readonly #controller = new AbortController();
  readonly #forceHooks = new Set<() => void>();
  readonly #listeners = new Map<NodeJS.Signals, () => void>();
  #cause: StopCause | undefined;
  #isSignalled = false;
  #leave: (signal: NodeJS.Signals) => boolean = () => false;

  constructor() {
    // Any number of agents and git calls listen to it side by side; that is no leak to warn of.
    setMaxListeners(0, this.signal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cause(): StopCause | undefined {
    return this.#cause;
  }

  /** Starts the shutdown, unless one is under way. */
  request(cause: StopCause): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    this.#controller.abort(cause);
  }

  /** Registers what must still happen when a second signal ends the process at once; returns its removal. */
  onForce(hook: () => void): () => void {
    this.#forceHooks.add(hook);
    return () => void this.#forceHooks.delete(hook);
  }

  /**
   * Leaves some signals to a command that has got them as well and whose end is ours; returns what takes them back.
   *
   * @param which whether a signal that has just come is the command's
   */
  leave(which: (signal: NodeJS.Signals) => boolean): () => void {
    this.#leave = which;
    return () => {
      this.#leave = () => false;
    };
  }

  /** Starts to answer SIGINT, SIGTERM and SIGHUP. */
  listen(): void {
    for (const name of ANSWERED) {
      const listener = () => this.#receive(name);
      this.#listeners.set(name, listener);
      process.on(name, listener);
    }
  }

  /** Gives the signals back to their default meaning. */
  unlisten(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener);
    this.#listeners.clear();
  }

  #receive(name: (typeof ANSWERED)[number]): void {
    if (this.#leave(name)) return;
    const isFirst = !this.#isSignalled;
    this.#isSignalled = true;
    this.request({ kind: 'signal', signal: name });
    // A terminal that goes away fails what is written to it, and both its shell and the kernel send SIGHUP: nobody insists.
    if (isFirst || name === 'SIGHUP') return;
    for (const hook of this.#forceHooks) hook();
    this.unlisten();
    process.kill(process.pid, name);
  }
}

/** Returns the exit status for a stopped process: 128 + n of the signal, or of what it amounts to. */
export function stopExitCode(cause: StopCause): number {
  switch (cause.kind) {
    case 'signal':
      return signalExitCode(cause.signal);
    case 'leash':
      return signalExitCode('SIGTERM');
    case 'stdout_closed':
      return signalExitCode('SIGPIPE');
    case 'stdout_failed':
      return exitCode('io');
  }
}
