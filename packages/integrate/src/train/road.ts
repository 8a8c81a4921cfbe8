import PQueue from 'p-queue';

/** What the trains of one target branch share: places for gates, turns at pushing, and what is known of the branch. */
export class Road {
  readonly #gates: PQueue;
  readonly #pushes = new PQueue({ concurrency: 1 });
  /** Where the target branch is, as far as we know. */
  #target: string | undefined;
  /** Grows when somebody else has moved the branch. */
  #era = 0;

  constructor(gatePlaces: number) {
    this.#gates = new PQueue({ concurrency: gatePlaces });
  }

  get target(): string | undefined {
    return this.#target;
  }

  get era(): number {
    return this.#era;
  }

  /** Runs a gate as soon as there is a place for it. */
  async withPlace<T>(gate: () => Promise<T>): Promise<T> {
    return this.#gates.add(gate);
  }

  /** Runs a push when no other one is under way. */
  async inTurn<T>(push: () => Promise<T>): Promise<T> {
    return this.#pushes.add(push);
  }

  /** Takes note of where the branch was seen, or of where a push of ours has brought it. */
  note(target: string, pushed?: string): void {
    if (target !== (pushed ?? this.#target)) this.#era += 1;
    this.#target = target;
  }
}
