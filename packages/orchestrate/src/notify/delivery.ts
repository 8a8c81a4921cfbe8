/** What came of telling one event once. */
export type Delivery =
  | { readonly kind: 'taken'; readonly status?: number; readonly words: string }
  /** It may go well later: nobody was there, or it was too much. */
  | { readonly kind: 'later'; readonly status?: number; readonly words: string; readonly retryAfterMs?: number }
  /** Whether it may go well later is not known: a command that failed. */
  | { readonly kind: 'failed'; readonly status?: number; readonly words: string }
  /** It will never go well. */
  | { readonly kind: 'refused'; readonly status?: number; readonly words: string }
  /** It was not told, which is no loss. */
  | { readonly kind: 'skipped'; readonly words: string }
  /** We have ended it ourselves. */
  | { readonly kind: 'cut'; readonly words: string };

/** What is done about an event after a delivery. */
export type Step =
  | { readonly step: 'next'; readonly count: 'sent' | 'given_up' | 'skipped' }
  | { readonly step: 'again'; readonly afterMs: number }
  | { readonly step: 'stop' };

export interface Tries {
  /** How often it was tried, this one included. */
  readonly tries: number;
  /** Of the event; not a number where it says no time. */
  readonly ageMs: number;
}

/** An event that is older is given up when it fails once more. */
export const GIVE_UP_MS = 3 * 24 * 60 * 60 * 1000;

/** Tries of a command that fails. */
export const MOST_FAILURES = 3;

/** A popup of an event that is older helps nobody. */
export const POPUP_MS = 10 * 60 * 1000;

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60 * 1000;
const LONGEST_RETRY_AFTER_MS = 60 * 60 * 1000;

/** Says what follows from a delivery. Pure. @param chance from 0 up to 1 */
export function stepAfter(delivery: Delivery, { tries, ageMs }: Tries, chance: number): Step {
  switch (delivery.kind) {
    case 'taken':
      return { step: 'next', count: 'sent' };
    case 'skipped':
      return { step: 'next', count: 'skipped' };
    case 'refused':
      return { step: 'next', count: 'given_up' };
    case 'failed':
      if (tries >= MOST_FAILURES || isOld(ageMs)) return { step: 'next', count: 'given_up' };
      return { step: 'again', afterMs: pauseMs(tries, chance) };
    case 'later': {
      if (isOld(ageMs)) return { step: 'next', count: 'given_up' };
      const asked = Math.min(delivery.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
      return { step: 'again', afterMs: Math.max(asked, pauseMs(tries, chance)) };
    }
    case 'cut':
      return { step: 'stop' };
  }
}

/** What says no time is old: nothing is to wait behind it for ever. */
function isOld(ageMs: number): boolean {
  return !(ageMs <= GIVE_UP_MS);
}

/** Returns the pause after so many tries: doubled each time, up to 5 min, and of that a chance from half to all. Pure. */
export function pauseMs(tries: number, chance: number): number {
  const most = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return Math.round(most * (0.5 + chance / 2));
}

/** Says what the status of an answer means for the event. Pure. */
export function kindOfStatus(status: number): 'taken' | 'later' | 'refused' {
  if (status >= 200 && status < 300) return 'taken';
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'later' : 'refused';
}

/** Reads the header Retry-After: seconds, or a date; nothing where it says neither. Pure. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
