import type { AtWork } from './at-work.ts';

export interface Sight {
  /** The one that was asked for, where one was. */
  readonly asked: number | undefined;
  /** The one that is followed now. */
  readonly followed: number | undefined;
  readonly atWork: AtWork | undefined;
  /** Those that have left a log, in order. */
  readonly logged: readonly number[];
}

export type Step =
  | { readonly kind: 'follow'; readonly attempt: number }
  /** There is, or will be, more. */
  | { readonly kind: 'wait' }
  /** All has been printed. */
  | { readonly kind: 'end' }
  | { readonly kind: 'no_log'; readonly attempt: number | undefined };

/**
 * Decides what is to be followed next, once what there is has been printed. Without a number it is the attempt that is
 * under way, else the last one; when that is over and a later one is under way, that. Pure.
 */
export function whichAttempt({ asked, followed, atWork, logged }: Sight): Step {
  const running = atWork?.attempt;
  if (followed !== undefined) {
    if (atWork === undefined) return { kind: 'end' };
    if (running === undefined || running === followed) return { kind: 'wait' };
    if (asked !== undefined || running < followed) return { kind: 'end' };
    return logged.includes(running) ? { kind: 'follow', attempt: running } : { kind: 'wait' };
  }
  if (asked !== undefined && logged.includes(asked)) return { kind: 'follow', attempt: asked };
  if (asked !== undefined) {
    return atWork !== undefined && (running ?? asked) === asked ? { kind: 'wait' } : { kind: 'no_log', attempt: asked };
  }
  if (atWork === undefined) {
    const last = logged.at(-1);
    return last === undefined ? { kind: 'no_log', attempt: undefined } : { kind: 'follow', attempt: last };
  }
  return running !== undefined && logged.includes(running) ? { kind: 'follow', attempt: running } : { kind: 'wait' };
}
