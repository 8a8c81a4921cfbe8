/** What a request is for: a question about branches or objects, the first half of a push, or the push itself. */
export type Stage = 'fetch' | 'advertise' | 'push';

/**
 * What becomes of a request instead of an answer: a status; nothing for ever; a cut before git has got anything of it, as
 * soon as git has got all of it, or once git has done with it.
 */
export type Fault = number | 'hang' | 'cut_unseen' | 'cut_taken' | 'drop_answer';

/** The faults that a server has been told to make. */
export class Faults {
  readonly #awaited = new Map<Stage, () => void>();
  readonly #told = new Map<Stage, { readonly fault: Fault; left: number }>();
  /** How many requests there were of each kind, failed ones included. */
  readonly seen: Record<Stage, number> = { fetch: 0, advertise: 0, push: 0 };

  /** Has the next so many requests of a kind fail; all of them unless told otherwise. */
  tell(stage: Stage, fault: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#told.set(stage, { fault, left: times });
  }

  /** Does something when the next request of a kind comes. */
  whenNext(stage: Stage, act: () => void): void {
    this.#awaited.set(stage, act);
  }

  /** Lets everything go well again. */
  clear(): void {
    this.#told.clear();
  }

  /** Counts a request and returns what is to become of it. */
  next(stage: Stage): Fault | undefined {
    this.seen[stage] += 1;
    this.#awaited.get(stage)?.();
    this.#awaited.delete(stage);
    const told = this.#told.get(stage);
    if (told === undefined || told.left === 0) return undefined;
    told.left -= 1;
    return told.fault;
  }
}

/** Returns what a request of git's smart protocol is for. */
export function stageOf(method: string, url: string): Stage {
  if (!url.includes('git-receive-pack')) return 'fetch';
  return method === 'POST' ? 'push' : 'advertise';
}
