import { batchSize, isSerial } from './landing-size.ts';
import type { Place, Rules } from './line.ts';

export interface Choice {
  /** The stack, from the target up. */
  readonly sound: readonly Place[];
  /** Index of the highest that is green, -1 without any; what is below it needs no gate. */
  readonly green: number;
  /** Index of the lowest that is red; nothing without any. */
  readonly red: number | undefined;
  /** Whether one more is being put on top. */
  readonly growing: boolean;
  /** Gates that may be started. */
  readonly free: number;
  readonly reds: readonly boolean[];
}

/** Returns the indices of the stack on which the gate is to be started next. */
export function chooseGates(choice: Choice, rules: Rules): number[] {
  const { sound, green, red, free } = choice;
  if (free <= 0) return [];
  return red === undefined ? upwards(choice, rules) : between(sound, green, red, free);
}

/** Those not judged yet, behind all that is being judged. */
function upwards({ sound, green, free, reds, growing }: Choice, rules: Rules): number[] {
  const running = sound.findLastIndex(({ work }) => work === 'judging' || work === 'cutting_off');
  const start = Math.max(green, running) + 1;
  const count = sound.length - start;
  if (count <= 0) return [];
  const most = batchSize(reds);
  const size = sizeFor(rules, { count, free, most });
  const chosen: number[] = [];
  for (let begin = start; begin < sound.length && chosen.length < free; begin += size) {
    const end = Math.min(begin + size, sound.length);
    // One that is nearly there is worth the moment, since it saves a gate run.
    if (growing && size > 1 && end === sound.length && end - begin < most) break;
    chosen.push(end - 1);
  }
  return chosen.filter((index) => isIdle(sound[index]));
}

/** How many share a gate run. */
function sizeFor(
  rules: Rules,
  { count, free, most }: { readonly count: number; readonly free: number; readonly most: number },
): number {
  if (isSerial(rules)) return 1;
  switch (rules.landing) {
    case 'serial':
    case 'train':
      return 1;
    case 'batch':
      return most;
    case 'auto':
      return count <= free ? 1 : Math.min(most, Math.ceil(count / free));
  }
}

/** The culprit is above `green` and not above `red`: what lies between is cut into equal parts. */
function between(sound: readonly Place[], green: number, red: number, free: number): number[] {
  const undecided = sound.slice(green + 1, red);
  if (undecided.some(({ work }) => work !== 'none')) return [];
  const parts = Math.min(free, undecided.length) + 1;
  const chosen = new Set<number>();
  for (let part = 1; part < parts; part += 1) chosen.add(green + Math.ceil(((red - green) * part) / parts));
  return [...chosen].filter((index) => index > green && index < red && isIdle(sound[index]));
}

function isIdle(place: Place | undefined): boolean {
  return place !== undefined && place.work === 'none' && place.verdict === 'unknown';
}
