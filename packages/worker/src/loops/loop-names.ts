const FIRST = [
  'amber', 'bold', 'brave', 'bright', 'brisk', 'calm', 'clear', 'crisp', 'deep', 'eager', 'early', 'fair', 'fleet',
  'fond', 'fresh', 'gentle', 'glad', 'golden', 'grand', 'green', 'keen', 'kind', 'late', 'light', 'lively', 'mellow',
  'mild', 'neat', 'noble', 'polite', 'proud', 'quick', 'quiet', 'rapid', 'ready', 'silver', 'smooth', 'snug', 'solid',
  'steady', 'still', 'strong', 'sunny', 'swift', 'tidy', 'vivid', 'warm', 'wise',
]; // prettier-ignore
const SECOND = [
  'acorn', 'alder', 'aspen', 'badger', 'beech', 'birch', 'brook', 'cedar', 'cliff', 'clover', 'coral', 'crane', 'dune',
  'elm', 'falcon', 'fern', 'finch', 'forest', 'garden', 'grove', 'harbor', 'hazel', 'heron', 'hill', 'island', 'ivy',
  'lake', 'larch', 'lark', 'linden', 'maple', 'marsh', 'meadow', 'oak', 'otter', 'pine', 'plover', 'pond', 'reed',
  'ridge', 'river', 'robin', 'rowan', 'spruce', 'stone', 'stream', 'swan', 'thrush', 'valley', 'willow',
]; // prettier-ignore

/** After so many names of two words that were taken, a number is put behind. */
const PLAIN_TRIES = 20;

/**
 * Returns a name for a second loop that is easy to remember: two words, and a number once there are many.
 *
 * @param tries how many names were taken already
 * @param chance a number of 32 random bits
 */
export function loopName(tries: number, chance: number): string {
  const first = FIRST[chance % FIRST.length] ?? '';
  const second = SECOND[Math.floor(chance / FIRST.length) % SECOND.length] ?? '';
  const words = `${first}-${second}`;
  return tries < PLAIN_TRIES ? words : `${words}-${Math.floor(chance / FIRST.length / SECOND.length) % 100_000}`;
}
