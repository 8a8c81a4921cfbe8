/** A word of so few letters says too little for a guess by its beginning. */
const SHORTEST_BEGINNING = 2;

/** In a word shorter than this one slip is all that still tells what was meant. */
const LONG = 5;

/**
 * Returns the known word that was meant by a misspelt or an unfinished one, or nothing where none is near enough: the one
 * with the fewest slips (a letter too much, missing, wrong, or two changed about), else the shortest that begins so.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = slips(word, candidate);
    if (best === undefined || distance < best.distance) best = { word: candidate, distance };
  }
  if (best !== undefined && best.distance <= mostSlips(word)) return best.word;
  if (word.replace(/^-+/, '').length < SHORTEST_BEGINNING) return undefined;
  return known.filter((candidate) => candidate.startsWith(word)).toSorted((a, b) => a.length - b.length)[0];
}

function mostSlips(word: string): number {
  return word.length < LONG ? 1 : Math.max(2, Math.floor(word.length / 3));
}

function slips(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
