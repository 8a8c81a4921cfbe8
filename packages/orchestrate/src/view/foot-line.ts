import { costText, shortNumber } from '../record/figures.ts';
import { tokensOf } from '../record/receipt-sum.ts';
import { cut, displayWidth } from './cell-text.ts';
import { spanText, timeText } from './clock.ts';
import type { Ending, Model } from './model.ts';

const SEPARATOR = ' | ';

/**
 * Returns the line below the table: how many tasks have ended how, for how long the run goes on, what it has cost, and
 * what holds it up. Where there is no room, what matters less is left out.
 *
 * @param waiting tasks that are yet to be started; nothing where that is not known
 * @param now ms of the wall clock
 */
export function footLine(model: Model, waiting: number | undefined, width: number, now: number): string {
  const counts = countWords(model, waiting);
  const parts: readonly (readonly [part: string, importance: number])[] = [
    [displayWidth(counts) <= width ? counts : counts.replaceAll(',', ''), 0],
    [model.startedAt === undefined ? '' : spanText(now - model.startedAt), 2],
    [costWords(model), 3],
    [pauseWords(model, now), 1],
    [model.stopping === undefined ? '' : `nothing new is started: ${model.stopping}`, 4],
  ];
  const named = parts.filter(([part]) => part !== '');
  const taken = new Set<string>();
  let left = width;
  for (const [part] of named.toSorted((a, b) => a[1] - b[1])) {
    const needed = displayWidth(part) + (taken.size === 0 ? 0 : SEPARATOR.length);
    if (needed > left && taken.size > 0) continue;
    taken.add(part);
    left -= needed;
  }
  const shown = named.filter(([part]) => taken.has(part)).map(([part]) => part);
  return cut(shown.join(SEPARATOR), width);
}

function countWords({ ended }: Model, waiting: number | undefined): string {
  const count = (how: Ending) => [...ended.values()].filter((each) => each === how).length;
  const published = count('published');
  return [
    `${count('landed')} landed`,
    ...(published === 0 ? [] : [`${published} published`]),
    `${count('failed')} failed`,
    `${count('blocked')} blocked`,
    ...(waiting === undefined ? [] : [`${waiting} waiting`]),
  ].join(', ');
}

function costWords({ usage }: Model): string {
  const tokens = tokensOf(usage);
  const cost = usage?.cost_usd === undefined ? [] : [costText(usage.cost_usd)];
  return [...cost, ...(tokens === undefined ? [] : [`${shortNumber(tokens)} tokens`])].join(', ');
}

function pauseWords({ pausedUntil }: Model, now: number): string {
  return pausedUntil === undefined || pausedUntil <= now ? '' : `paused until ${timeText(pausedUntil, now)}`;
}
