const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];

const MOST_TICKS = 8;

export interface Tick {
  /** In ms from the start. */
  readonly at: number;
  readonly text: string;
}

/** Returns where an axis of that length is marked, in round times, at most nine times. Pure. */
export function ticksOf(lengthMs: number): Tick[] {
  const step =
    STEPS.find((each) => lengthMs / each <= MOST_TICKS) ?? Math.ceil(lengthMs / MOST_TICKS / (28 * DAY)) * 28 * DAY;
  const ticks: Tick[] = [];
  for (let n = 0; n * step <= lengthMs; n += 1) ticks.push({ at: n * step, text: tickText(n * step) });
  return ticks;
}

/** `0`, `0.5 s`, `30 s`, `1 m 30 s`, `2 h`, `1 d 12 h`. */
function tickText(ms: number): string {
  if (ms === 0) return '0';
  if (ms < SECOND) return `${ms / SECOND} s`;
  const units = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'm'],
    [SECOND, 's'],
  ] as const;
  let left = Math.round(ms / 100) * 100;
  const parts: string[] = [];
  for (const [unit, name] of units) {
    const isLast = name === 's';
    const number = isLast ? left / unit : Math.floor(left / unit);
    if (number > 0) parts.push(`${number} ${name}`);
    left -= Math.floor(number) * unit;
  }
  return parts.join(' ');
}
