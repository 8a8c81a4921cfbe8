import { CleanupStack, type CleanupProblem } from '@ralph/protocol/cli/cleanup-stack';
import type { TaskClaim } from '@ralph/protocol/process/task-claim';
import { dropBaseRef } from '../refs/ralph-refs.ts';
import { removeWorkspace, type Removal } from '../removal/remove-workspace.ts';
import type { Site } from '../site/site.ts';
import { kindAt } from '../site/workspace-path.ts';
import { readMarker } from '../workspace/workspace-marker.ts';

/** To keep what a large workspace holds may take git that long. */
const REMOVAL_LIMIT_MS = 900_000;

const NOTHING: Removal = { removed: false, salvaged: undefined };

export interface GuardedPlace {
  readonly site: Site;
  readonly taskId: string;
  readonly attempt: number;
  readonly path: string;
  /** How many removed workspaces may be kept for reuse. */
  readonly warm: number;
}

/** What became of the things that an attempt had made. */
export interface Closing {
  readonly removal: Removal;
  /** Why the workspace stays, when it should have gone. */
  readonly problem: string | undefined;
}

/**
 * Holds what one attempt has made until its work is handed on. Each thing is registered before it is made, and its
 * undoing tolerates that it never was. Whichever way the attempt ends, the same clean-up runs once, newest first, each
 * step bounded, none stopping the next (reference: part A11).
 */
export class AttemptGuard {
  readonly #steps = new CleanupStack();
  readonly #claim: TaskClaim;
  #removal = NOTHING;
  #problem: string | undefined;
  #reason = '';
  #isHandedOn = false;
  #isUnbegun = false;

  constructor(claim: TaskClaim) {
    this.#claim = claim;
    this.#steps.defer('let the claim go', () => claim.release());
  }

  /**
   * To be called before the attempt number is taken; the returned function, with the commit that its ref got, once it is.
   *
   * @param giveBack is called, while the claim holds, when the attempt ends before it has begun and nothing of it is left
   */
  holdNumber(giveBack: (commit: string) => Promise<void>): (commit: string) => void {
    let taken: string | undefined;
    this.#steps.defer('give the attempt number back', async () => {
      const isLeft = this.#problem !== undefined || this.#removal.salvaged !== undefined || !this.#removal.removed;
      if (this.#isUnbegun && taken !== undefined && !isLeft) await giveBack(taken);
    });
    return (commit) => (taken = commit);
  }

  /** To be called before a workspace is made; the returned function, once it is there. */
  holdWorkspace(place: GuardedPlace): () => void {
    let isOpen = false;
    this.#steps.defer('remove the workspace', () => this.#removeWorkspace(place, isOpen), REMOVAL_LIMIT_MS);
    return () => (isOpen = true);
  }

  /** To be called before an agent is started; ending one that has ended is fine. */
  holdAgent(end: () => Promise<void>): void {
    this.#steps.defer('end the agent', end);
  }

  /** Leaves everything to whoever takes the work over; the claim must be free by then. */
  handOn(): void {
    this.#isHandedOn = true;
    this.#claim.release();
  }

  /** Whether the attempt has nothing to undo any more. */
  get isHandedOn(): boolean {
    return this.#isHandedOn;
  }

  /**
   * Undoes what was made, after what nobody else has was kept. Never throws; a second call changes nothing.
   *
   * @param isUnbegun whether nobody was told of the attempt, so that its number may go to the next one
   */
  async close(reason: string, { isUnbegun = false } = {}): Promise<Closing> {
    if (this.#isHandedOn) return { removal: NOTHING, problem: undefined };
    this.#reason = reason;
    this.#isUnbegun = isUnbegun;
    const problems = await this.#steps.unwind();
    return { removal: this.#removal, problem: this.#problem ?? wordsOf(problems) };
  }

  async #removeWorkspace({ site, taskId, attempt, path, warm }: GuardedPlace, isOpen: boolean): Promise<void> {
    try {
      // It may stand there though we were never told; an older one in its place is none of ours.
      if (isOpen || readMarker(path)?.attempt === attempt) {
        this.#removal = await removeWorkspace(site, { taskId, path, reason: this.#reason, isMadeByUs: true, warm });
      } else if (kindAt(path) === 'absent') {
        await dropBaseRef(site.repo.root, taskId);
      }
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
  }
}

function wordsOf(problems: readonly CleanupProblem[]): string | undefined {
  if (problems.length === 0) return undefined;
  return problems.map(({ name, message }) => `cannot ${name}: ${message}`).join('; ');
}
