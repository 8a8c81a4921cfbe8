import { Failure } from '@ralph/protocol/contract/failure';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import { pause, pauseMs } from './backoff.ts';
import { nextTry } from './next-try.ts';
import type { Refusal } from '../push/push-verdict.ts';
import { throwIfStopped } from '../site/stopped.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The work on one candidate, from its opened workspace to its end. */
export class Job {
  readonly bench: Bench;
  readonly candidate: Candidate;
  readonly workspace: Workspace;
  /** Branch that was checked out at the start; nothing when HEAD was detached. */
  readonly branch: string | undefined;
  /** The attempt's own commits: what every try begins from and what the workspace is left on. A remedy moves it. */
  tip: string;
  /** What was made of them and sent to the remote, by an earlier integration of ours too; it may arrive late. */
  readonly pushed: string[];
  /** Whether edits of tracked files can only be what is left of an integration that was killed. */
  readonly interrupted: boolean;
  /** Whether HEAD has been moved, so that it has to be put back. */
  moved = false;
  pushes = 0;
  gateRuns = 0;
  failures = 0;
  #racesInRow = 0;
  #pauses = 0;

  constructor(parts: Pick<Job, 'bench' | 'candidate' | 'workspace' | 'branch' | 'tip' | 'pushed' | 'interrupted'>) {
    this.bench = parts.bench;
    this.candidate = parts.candidate;
    this.workspace = parts.workspace;
    this.branch = parts.branch;
    this.tip = parts.tip;
    this.pushed = parts.pushed;
    this.interrupted = parts.interrupted;
  }

  /**
   * Counts a push that did not land or a connection that failed, and settles when it is time for the next try.
   *
   * @throws Failure when there is to be none; Stopped
   */
  async waitForNextTry(refusal: Refusal, words: string, hint: string): Promise<void> {
    const { candidate, bench } = this;
    const { settings, stop, output } = bench;
    this.failures += 1;
    this.#racesInRow = refusal === 'race' ? this.#racesInRow + 1 : 0;
    const { failures } = this;
    const next = nextTry(refusal, { failures, racesInRow: this.#racesInRow, maxAttempts: settings.maxAttempts });
    switch (next.kind) {
      case 'blocked':
        throw new Failure(
          next.code,
          `${REFUSAL_WORDS[refusal]}${next.final ? '' : ` (try ${failures} of ${settings.maxAttempts})`}: ${words}`,
          { hint },
        );
      case 'after_pause': {
        const ms = pauseMs(settings.backoffMs, this.#pauses, Math.random());
        this.#pauses += 1;
        output.note(`ralph-integrate: ${candidate.taskId}: ${REFUSAL_WORDS[refusal]}; next try in ${ms} ms (${words})`);
        await pause(ms, stop);
        break;
      }
      case 'at_once':
        break;
    }
    throwIfStopped(stop);
  }
}

const REFUSAL_WORDS = {
  race: 'others pushed first each time',
  lock_left: 'the branch is locked on the remote',
  policy: 'the remote refuses the push',
  auth: 'the remote refuses us',
  network: 'the remote cannot be reached',
  local: 'git refuses to push here',
  unknown: 'the push was cut off and has not landed',
} as const satisfies Record<Refusal, string>;
