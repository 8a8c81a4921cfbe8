import * as z from 'zod';
import { DURATION, LONGEST_SECONDS, secondsOf } from './duration.ts';

/** A time, as a number of seconds or as people write it. */
export const timeValue = z
  .union([z.number(), z.string().regex(DURATION)], { error: 'not a time: a number of seconds, or "90s", "15m", "2h"' })
  .refine((value) => asSeconds(value) > 0, 'must be more than 0')
  .refine((value) => asSeconds(value) <= LONGEST_SECONDS, 'longer than 115 days');

/** Returns the seconds of a time of the configuration. */
export function asSeconds(value: number | string): number {
  return typeof value === 'number' ? value : secondsOf(value);
}
