type Takes = (character: string) => boolean;

interface Group {
  readonly begin: number;
  readonly end: number;
}

/** Follows all ways through a glob at once, so that none is gone twice. It is built from the left to the right. */
export class GlobMachine {
  /** Where each state leads without a character. */
  readonly #free: number[][] = [[]];
  /** Where each state leads with one. */
  readonly #steps: ({ readonly takes: Takes; readonly to: number } | undefined)[] = [undefined];
  readonly #groups: Group[] = [];
  #now = 0;

  /** How many groups are open. */
  get depth(): number {
    return this.#groups.length;
  }

  one(takes: Takes): void {
    const next = this.#newState();
    this.#steps[this.#now] = { takes, to: next };
    this.#now = next;
  }

  /** Any number of characters. */
  many(takes: Takes): void {
    const loop = this.#newState();
    this.#lead(this.#now, loop);
    this.#steps[loop] = { takes, to: loop };
    this.#now = this.#newState();
    this.#lead(loop, this.#now);
  }

  /** Any number of folders, none included. */
  folders(): void {
    const before = this.#now;
    this.many(() => true);
    this.one((character) => character === '/');
    const after = this.#newState();
    this.#lead(this.#now, after);
    this.#lead(before, after);
    this.#now = after;
  }

  open(): void {
    this.#groups.push({ begin: this.#now, end: this.#newState() });
    this.#branch();
  }

  or(): void {
    this.#lead(this.#now, this.#groups.at(-1)?.end ?? this.#now);
    this.#branch();
  }

  close(): void {
    const { end } = this.#groups.pop() ?? { end: this.#now };
    this.#lead(this.#now, end);
    this.#now = end;
  }

  /** Tells whether a path is led from the beginning to the end. */
  test(path: string): boolean {
    let states = this.#reached([0]);
    for (const character of path) {
      const next: number[] = [];
      for (const state of states) {
        const step = this.#steps[state];
        if (step?.takes(character) === true) next.push(step.to);
      }
      if (next.length === 0) return false;
      states = this.#reached(next);
    }
    return states.has(this.#now);
  }

  #branch(): void {
    const start = this.#newState();
    this.#lead(this.#groups.at(-1)?.begin ?? this.#now, start);
    this.#now = start;
  }

  #newState(): number {
    this.#steps.push(undefined);
    return this.#free.push([]) - 1;
  }

  #lead(from: number, to: number): void {
    this.#free[from]?.push(to);
  }

  #reached(states: readonly number[]): ReadonlySet<number> {
    const reached = new Set(states);
    // What is added while it is gone through is gone through as well.
    for (const state of reached) for (const next of this.#free[state] ?? []) reached.add(next);
    return reached;
  }
}
