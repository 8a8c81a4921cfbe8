import { basename, dirname, join } from 'node:path';
import { namesIn } from '@ralph/protocol/process/names-in';

/** Returns the path of an older part of a log: `events.1.ndjson` beside `events.ndjson`; 1 is the newest of them. */
export function olderPart(path: string, number: number): string {
  return join(dirname(path), basename(path).replace(/(?=\.[^.]+$)/, `.${number}`));
}

/**
 * Returns the numbers of the older parts that a log has, from the newest to the oldest; there may be gaps.
 *
 * @throws Failure `permission`, `io`
 */
export function olderNumbers(path: string): number[] {
  const [stem, ending] = basename(path).split(/(?=\.[^.]+$)/);
  return namesIn(dirname(path))
    .flatMap((name) => {
      const number = name.slice(`${stem}.`.length, -(ending ?? '').length);
      return name === `${stem}.${number}${ending}` && /^[1-9]\d{0,3}$/.test(number) ? [Number(number)] : [];
    })
    .toSorted((a, b) => a - b);
}
