const SECONDS_PER_UNIT: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 };

/** The form of a time that people write. */
export const DURATION = /^(?:\d+(?:\.\d+)?|\.\d+)[smhd]?$/;

/** Longer ones are a mistake. */
export const LONGEST_SECONDS = 10 ** 7;

/** Returns the seconds of a text that fits `DURATION`. */
export function secondsOf(text: string): number {
  const factor = SECONDS_PER_UNIT[text.at(-1) ?? ''];
  return factor === undefined ? Number(text) : Number(text.slice(0, -1)) * factor;
}
