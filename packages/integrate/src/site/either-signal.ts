/** A signal that follows others as long as it is needed. */
export interface EitherSignal {
  readonly signal: AbortSignal;
  /** Lets go of the others. */
  release(): void;
}

/**
 * Returns a signal that is aborted as soon as one of two is. `AbortSignal.any` leaves something behind in a signal that
 * outlives it, and the one that stops us lives as long as we do.
 */
export function eitherSignal(one: AbortSignal, other: AbortSignal): EitherSignal {
  const controller = new AbortController();
  const abort = ({ target }: Event) => controller.abort((target as AbortSignal).reason);
  for (const signal of [one, other]) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of [one, other]) signal.removeEventListener('abort', abort);
    },
  };
}
