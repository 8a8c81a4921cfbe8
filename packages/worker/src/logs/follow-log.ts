import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from '@ralph/protocol/cli/program';
import type { RedactedStream } from '@ralph/protocol/cli/redacted-stream';
import { claimedTasks } from '@ralph/protocol/process/claimed-tasks';
import { watchPipeReader } from '@ralph/protocol/process/pipe-reader';
import { loggedAttempts, logPath } from '../agent/agent-log.ts';
import { attemptAtWork } from './at-work.ts';
import { FollowedLog } from './followed-log.ts';
import { noLog } from './no-log.ts';
import { inOtherLoop, rootWithLog } from './other-loop.ts';
import { whichAttempt, type Step } from './which-attempt.ts';

/** No file system tells of every change: a look costs less than to be told. */
const LOOK_MS = 100;

/** How long a line that is not whole may be about to be. */
const LINE_MS = 300;

export interface Following {
  readonly repoRoot: string;
  readonly taskId: string;
  /** The attempt that was asked for; otherwise the one under way, and later ones after it. */
  readonly attempt: number | undefined;
  /** Makes what takes the secrets out of one log, or nothing when they are to be shown. */
  readonly redaction: () => LogRedaction | undefined;
}

export interface LogRedaction {
  readonly stream: RedactedStream;
  /** Looks for secrets that an agent has put into its workspace meanwhile. */
  learn(): void;
}

type Around = Pick<Call, 'program' | 'output' | 'stop'>;

/**
 * Prints the log of an attempt, and what is added to it, until nobody works on the task any more or we are told to stop.
 *
 * @throws Failure `record_not_found` when there is no log and none to be expected, or another loop does the task now
 */
export async function followLog(around: Around, following: Following): Promise<void> {
  const { program, output, stop } = around;
  const { repoRoot, taskId, attempt: asked } = following;
  const letGo = watchPipeReader(process.stdout.fd, () => stop.request({ kind: 'stdout_closed' }));
  let shown: ShownLog | undefined;
  try {
    while (!stop.signal.aborted) {
      // Looked at before the log is read: who is gone by now has written everything.
      let atWork = attemptAtWork(repoRoot, taskId);
      const logged = loggedAttempts(repoRoot, taskId);
      const running = atWork?.attempt;
      // The log is there before anybody can see who writes it.
      if (running !== undefined && !logged.includes(running)) {
        const elsewhere = rootWithLog(repoRoot, taskId, running);
        const hasOurs = shown !== undefined || (asked !== undefined && logged.includes(asked));
        if (elsewhere !== undefined && !hasOurs) throw inOtherLoop(taskId, running, elsewhere);
        if (elsewhere !== undefined) atWork = undefined;
      }
      await shown?.readOn();
      const isClaimed = atWork === undefined && logged.length === 0 && claimedTasks(repoRoot)?.has(taskId) === true;
      const step: Step = isClaimed
        ? { kind: 'wait' }
        : whichAttempt({ asked, followed: shown?.attempt, atWork, logged });
      switch (step.kind) {
        case 'no_log':
          throw noLog(taskId, step.attempt, logged);
        case 'end':
          return await shown?.end();
        case 'wait':
          await pause(LOOK_MS, undefined, { signal: stop.signal }).catch(() => {});
          break;
        case 'follow': {
          const { attempt } = step;
          const before = shown;
          await before?.end();
          if (before !== undefined) {
            output.note(`${program}: attempt ${before.attempt} at ${taskId} has ended; attempt ${attempt} follows`);
          }
          shown = new ShownLog(around, {
            attempt,
            path: logPath(repoRoot, taskId, attempt),
            redaction: following.redaction(),
          });
          before?.close();
          break;
        }
      }
    }
  } finally {
    letGo();
    shown?.close();
  }
}

interface Shown {
  readonly attempt: number;
  readonly path: string;
  readonly redaction: LogRedaction | undefined;
}

/** The log of one attempt, on its way to stdout. */
class ShownLog {
  readonly attempt: number;
  readonly #around: Around;
  readonly #log: FollowedLog;
  readonly #redaction: LogRedaction | undefined;
  #grownAt = 0;

  constructor(around: Around, { attempt, path, redaction }: Shown) {
    this.attempt = attempt;
    this.#around = around;
    this.#log = new FollowedLog(path);
    this.#redaction = redaction;
  }

  async readOn(isOver = false): Promise<void> {
    const { output, stop } = this.#around;
    const redaction = this.#redaction;
    for (const bytes of this.#log.newBytes(isOver)) {
      if (stop.signal.aborted) return;
      this.#grownAt = performance.now();
      if (redaction === undefined) {
        await output.write(Uint8Array.from(bytes));
        continue;
      }
      redaction.learn();
      await this.#write(redaction.stream.push(bytes.toString('latin1')));
    }
    if (performance.now() - this.#grownAt > LINE_MS) await this.#write(redaction?.stream.early() ?? '');
  }

  /** Nobody writes it any more: prints all that is left. */
  async end(): Promise<void> {
    await this.readOn(true);
    if (!this.#around.stop.signal.aborted) await this.#write(this.#redaction?.stream.end() ?? '');
  }

  close(): void {
    this.#log.close();
  }

  async #write(text: string): Promise<void> {
    if (text !== '') await this.#around.output.write(Buffer.from(text, 'latin1'));
  }
}
