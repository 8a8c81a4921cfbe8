import { Failure } from '@ralph/protocol/contract/failure';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import { pauseMs } from './backoff.ts';
import { nextTry } from './next-try.ts';
import type { Origin } from '../prepare/origin.ts';
import type { Refusal } from '../push/push-verdict.ts';
import { refusedWords } from './refused-words.ts';
import type { KeptSettings } from '../workspace/kept-settings.ts';
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
  /** The open file whose lock is our claim of the task. */
  claimFd: number | undefined;
  /** The work on top of a commit of the target, without the books, as the last try made it. */
  placed: { readonly onto: string; readonly work: string } | undefined;
  /** Whether HEAD has been moved, so that it has to be put back. */
  moved = false;
  /** Where the commits of the tip come from, as it was seen when the work on it was begun. */
  origin: Origin | undefined;
  /** That the workspace was found on the tip with nothing beside it, and when. */
  onTip: { readonly tip: string; readonly at: number } | undefined;
  /** The tip whose own commits were found to add no file that must not land. */
  cleanOrigin: string | undefined;
  /** The tip that was found to hold nobody else's commits. */
  ownTip: string | undefined;
  /** The tip that was found to add no file that must not land. */
  cleanTip: string | undefined;
  /** Whether a ref of the main repository holds what was made of it for the train. */
  hasTrainRef = false;
  /** What git obeyed in the workspace before commands of others began to run there; nothing while none does. */
  held: { readonly settings: KeptSettings; runs: number } | undefined;
  pushes = 0;
  gateRuns = 0;
  /** Those that the gate judges together with it. */
  judgedWith: readonly string[] = [];
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
   * Counts a push that did not land, or a connection that failed.
   *
   * @returns how long to wait before the next try, in milliseconds, or why there is to be none
   */
  countSetback(refusal: Refusal, words: string, hint: string): number | Failure {
    const { maxAttempts, backoffMs } = this.bench.settings;
    this.failures += 1;
    this.#racesInRow = refusal === 'race' ? this.#racesInRow + 1 : 0;
    const { failures } = this;
    const next = nextTry(refusal, { failures, racesInRow: this.#racesInRow, maxAttempts });
    switch (next.kind) {
      case 'blocked': {
        const tries = next.final ? '' : ` (try ${failures} of ${maxAttempts})`;
        return new Failure(next.code, `${refusedWords(refusal)}${tries}: ${words}`, { hint });
      }
      case 'after_pause':
        this.#pauses += 1;
        return pauseMs(backoffMs, this.#pauses - 1, Math.random());
      case 'at_once':
        return 0;
    }
  }
}
