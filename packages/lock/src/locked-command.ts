import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Stop, StopCause } from '@ralph/protocol/cli/stop';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { outerMarks, TREE_MARK } from '@ralph/protocol/process/tree-members';
import { ownsTerminal } from '@ralph/protocol/process/terminal';
import { endMembers, signalMembers } from '@ralph/protocol/process/end-members';
import type { TreeSigns } from '@ralph/protocol/process/tree-members';

export interface CommandOptions {
  readonly command: readonly string[];
  /** Carried by every process of the command, so that they are found when they have to be ended. */
  readonly mark: string;
  /** A descriptor that the command gets as its 3. */
  readonly inherit: number | undefined;
  readonly stop: Stop;
}

export interface CommandEnd {
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A command that runs under a lock: in our process group and with our standard streams, so that it can use the terminal.
 */
export class LockedCommand {
  readonly ended: Promise<CommandEnd>;
  readonly #child: ChildProcess;
  readonly #mark: string;

  constructor({ command, mark, inherit, stop }: CommandOptions) {
    const [program = '', ...args] = command;
    this.#mark = mark;
    this.#child = spawn(program, args, {
      stdio: inherit === undefined ? 'inherit' : [0, 1, 2, inherit],
      env: { ...process.env, [TREE_MARK]: [...outerMarks(), mark].join(',') },
    });
    const stopForwarding = this.#forwardSignals(stop);
    this.ended = endOf(this.#child, program).finally(stopForwarding);
    this.ended.catch(() => {});
  }

  /** Ends the command and all that it has started: SIGTERM, the grace, SIGKILL. */
  async end(): Promise<void> {
    await endMembers(this.#signs(), 'SIGTERM');
  }

  #signs(): TreeSigns {
    return { mark: this.#mark, root: this.#child.pid };
  }

  #forwardSignals(stop: Stop): () => void {
    const forward = () => {
      const cause = stop.signal.reason as StopCause;
      this.#child.kill(cause.kind === 'signal' ? cause.signal : 'SIGTERM');
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
    child.on('error', (error) => reject(asIoFailure(error, `start ${program}`)));
    child.on('exit', (code, signal) =>
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal }),
    );
  });
}
