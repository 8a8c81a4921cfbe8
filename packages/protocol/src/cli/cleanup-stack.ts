import { timerMs } from './timer-ms.ts';

/** One step of a clean-up that failed or ran out of time; the others ran all the same. */
export interface CleanupProblem {
  readonly name: string;
  readonly message: string;
}

interface Step {
  readonly name: string;
  readonly run: () => void | Promise<void>;
  readonly limitMs: number;
}

/**
 * What has to be undone, newest first, exactly once, whichever way the process ends. A thing is registered before it
 * is made visible, and its undoing tolerates that it was never made.
 */
export class CleanupStack {
  readonly #steps = new Set<Step>();
  #unwinding: Promise<CleanupProblem[]> | undefined;

  /**
   * Registers one step, bounded in time, and returns a function that takes it off again because it is no longer
   * needed.
   */
  defer(name: string, run: () => void | Promise<void>, limitMs = 10_000): () => void {
    const step: Step = { name, run, limitMs };
    this.#steps.add(step);
    return () => void this.#steps.delete(step);
  }

  /** Runs every step, newest first. Never throws; a second call gets the result of the first. */
  unwind(): Promise<CleanupProblem[]> {
    this.#unwinding ??= this.#runAll();
    return this.#unwinding;
  }

  async #runAll(): Promise<CleanupProblem[]> {
    const problems: CleanupProblem[] = [];
    for (let step = [...this.#steps].at(-1); step !== undefined; step = [...this.#steps].at(-1)) {
      this.#steps.delete(step);
      const problem = await runBounded(step);
      if (problem !== undefined) problems.push(problem);
    }
    return problems;
  }
}

async function runBounded(step: Step): Promise<CleanupProblem | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${step.limitMs} ms`)), timerMs(step.limitMs));
  });
  try {
    await Promise.race([Promise.resolve().then(step.run), late]);
    return undefined;
  } catch (error) {
    return { name: step.name, message: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
