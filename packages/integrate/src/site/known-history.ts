/** So many are remembered; what is forgotten is asked for again. */
const MOST = 2000;

/**
 * What is known of which commit is part of the history of which other. That never changes, so it is asked for, or seen
 * when a commit is made, once only.
 */
export class KnownHistory {
  readonly #below = new Map<string, string[]>();

  /** Takes note that a commit is part of another's history. */
  learn(commit: string, of: string): void {
    if (commit === of || this.holds(commit, of)) return;
    const below = this.#below.get(of) ?? [];
    this.#below.delete(of);
    this.#below.set(of, [...below, commit]);
    for (const oldest of this.#below.keys()) {
      if (this.#below.size <= MOST) break;
      this.#below.delete(oldest);
    }
  }

  /** Tells whether a commit is known to be part of another's history, or is that one; `false` says nothing. */
  holds(commit: string, of: string): boolean {
    return commit === of || this.historyOf(of).has(commit);
  }

  /** Returns what is known of the history of a commit, with itself. */
  historyOf(commit: string): ReadonlySet<string> {
    const seen = new Set([commit]);
    // A set may grow while it is walked.
    for (const one of seen) for (const next of this.#below.get(one) ?? []) seen.add(next);
    return seen;
  }
}
