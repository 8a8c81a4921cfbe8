/**
 * Returns the number of the next attempt: above every number that a ref of the task carries, and not below the one
 * that the task line asks for, since the state file may know of attempts that left no ref.
 */
export function nextAttempt(used: readonly number[], asked: number | undefined): number {
  return Math.max(0, ...used, (asked ?? 1) - 1) + 1;
}

/** Returns the attempt number at the end of a ref of ours that has one; nothing for another ref. */
export function attemptOfRef(ref: string): number | undefined {
  const number = /^refs\/ralph\/(?:attempts|salvage|landed|published)\/[^/]+\/([1-9]\d{0,8})$/.exec(ref)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Returns the task of an attempt, salvage or base ref; nothing for another ref. */
export function taskOfRef(ref: string): string | undefined {
  return /^refs\/ralph\/(?:(?:attempts|salvage)\/([^/]+)\/\d+|(?:loops\/[^/]+\/)?base\/([^/]+))$/
    .exec(ref)
    ?.slice(1)
    .find((id) => id !== undefined);
}
