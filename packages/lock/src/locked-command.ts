import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Stop, StopCause } from '@ralph/protocol/cli/stop';
import { asIoFailure, Failure, type FailureCode } from '@ralph/protocol/contract/failure';
import { TREE_MARK } from '@ralph/protocol/process/carried-sign';
import { outerMarks } from '@ralph/protocol/process/tree-members';
import type { OrphanWatcher } from '@ralph/protocol/process/orphan-watcher';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { startChild } from '@ralph/protocol/process/start-child';
import { ownsTerminal } from '@ralph/protocol/cli/terminal';
import { endMembers, signalMembers } from '@ralph/protocol/process/end-members';
import type { TreeSigns } from '@ralph/protocol/process/tree-members';

export interface CommandOptions {
  readonly command: readonly string[];
  /** Carried by every process of the command, so that they are found when they have to be ended. */
  readonly mark: string;
  /** A descriptor that the command gets as its 3. */
  readonly inherit: number | undefined;
  readonly watcher: OrphanWatcher | undefined;
  readonly stop: Stop;
}

export interface CommandEnd {
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
}

/** The shortest commands have ended by then. The watcher knows the others by their mark, too, unless they drop it. */
const TELL_AFTER_MS = 2;

const START_FAILURES: Partial<Record<string, FailureCode>> = {
  ENOENT: 'command_not_found',
  EACCES: 'command_not_executable',
  ENOEXEC: 'command_not_executable',
};

/**
 * A command that runs under a lock: in our process group and with our standard streams, so that it can use the terminal.
 */
export class LockedCommand {
  readonly ended: Promise<CommandEnd>;
  readonly #child: ChildProcess;
  readonly #mark: string;

  constructor({ command, mark, inherit, watcher, stop }: CommandOptions) {
    const [program = '', ...args] = command;
    this.#mark = mark;
    this.#child = startChild(program, () =>
      spawn(program, args, {
        stdio: inherit === undefined ? 'inherit' : [0, 1, 2, inherit],
        env: { ...process.env, [TREE_MARK]: [...outerMarks(), mark].join(',') },
      }),
    );
    const stopForwarding = this.#forwardSignals(stop);
    const timer = setTimeout(() => this.#tell(watcher), TELL_AFTER_MS);
    this.ended = endOf(this.#child, program).finally(() => {
      clearTimeout(timer);
      stopForwarding();
    });
    this.ended.catch(() => {});
  }

  /** Ends the command and all that it has started: SIGTERM, the grace, SIGKILL. */
  async end(): Promise<void> {
    await endMembers(this.#signs(), 'SIGTERM');
  }

  #signs(): TreeSigns {
    const child = this.#child;
    return {
      mark: this.#mark,
      // Asked for each time: once it was waited for, its number may be that of a stranger.
      get root() {
        return child.exitCode === null && child.signalCode === null ? child.pid : undefined;
      },
    };
  }

  #tell(watcher: OrphanWatcher | undefined): void {
    const identity = this.#child.pid === undefined ? undefined : identityOf(this.#child.pid);
    if (identity !== undefined) watcher?.follow(identity);
  }

  #forwardSignals(stop: Stop): () => void {
    const forward = () => {
      const cause = stop.signal.reason as StopCause;
      const name = cause.kind === 'signal' ? cause.signal : 'SIGTERM';
      // As a terminal would: a shell that waits for a child takes a SIGINT of its own for none.
      if (name === 'SIGINT') signalMembers(this.#signs(), name);
      else this.#child.kill(name);
    };
    stop.signal.addEventListener('abort', forward, { once: true });
    if (stop.signal.aborted) forward();
    // The Ctrl-C of a terminal has reached the command as well, which may take it for something else than its end.
    const takeBack = stop.leave((signal) => signal === 'SIGINT' && ownsTerminal());
    const forgetKill = stop.onForce(() => signalMembers(this.#signs(), 'SIGKILL'));
    return () => {
      stop.signal.removeEventListener('abort', forward);
      takeBack();
      forgetKill();
    };
  }
}

function endOf(child: ChildProcess, program: string): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(startFailure(error, program)));
    child.on('exit', (code, signal) =>
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal }),
    );
  });
}

/** The file was there and executable when it was looked for: what is missing is what its first line asks for. */
function startFailure(error: NodeJS.ErrnoException, program: string): unknown {
  const code = START_FAILURES[error.code ?? ''];
  if (code === undefined) return asIoFailure(error, `start ${program}`);
  return new Failure(code, `cannot start ${program}: ${error.code}`, { hint: `see the first line of ${program}` });
}
