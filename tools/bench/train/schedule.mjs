// Which of the candidates are red, and which are at odds with another: the same for the same seed.
import { generator } from '../measure/generated-repository.mjs';

/**
 * @typedef {object} Planned
 * @property {string} id
 * @property {'green' | 'red' | 'conflict' | 'clash'} kind `conflict` changes the same line as its partner; `clash` is
 *   green alone and red together with its partner
 * @property {number} [pair] the number of the pair, of which exactly one lands
 */

/**
 * Returns the candidates of each round. The shares are kept exactly over all rounds together; where the red ones and
 * the pairs fall is left to chance.
 *
 * @param {{ candidates: number, rounds?: number, red?: number, conflicts?: number, clashes?: number, seed?: number }} asked
 *   shares of all candidates: of red ones, and of those that are at odds with an earlier one
 * @returns {Planned[][]}
 */
export function schedule({ candidates, rounds = 1, red = 0, conflicts = 0, clashes = 0, seed = 1 }) {
  const random = generator(seed);
  const share = (part) => Math.round(part * candidates * rounds);
  /** @type {Planned[][]} */
  const planned = Array.from({ length: rounds }, () =>
    Array.from({ length: candidates }, (_, index) => ({ id: `RQ-${index + 1}`, kind: 'green' })),
  );
  for (const one of shuffled(planned.flat(), random).slice(0, share(red))) one.kind = 'red';
  const counts = planned.map(() => 0);
  for (const [kind, wanted] of /** @type {const} */ ([
    ['conflict', share(conflicts)],
    ['clash', share(clashes)],
  ])) {
    for (let made = 0; made < wanted; made += 1) {
      // A round that has no two left is passed over.
      const open = planned.flatMap((round, index) => (greens(round).length >= 2 ? [index] : []));
      if (open.length === 0) break;
      const index = open[Math.floor(random() * open.length)];
      counts[index] += 1;
      for (const one of shuffled(greens(planned[index]), random).slice(0, 2))
        Object.assign(one, { kind, pair: counts[index] });
    }
  }
  return planned;
}

/** Returns the files that a candidate adds or replaces, content by path. */
export function filesOf({ id, kind, pair }) {
  const files = { [`work/${id}.txt`]: `${id}\n` };
  if (kind === 'red') files[`red/${id}`] = 'red\n';
  if (kind === 'conflict') files[`shared/${pair}.txt`] = `${id}\n`;
  if (kind === 'clash') files[`clash/${pair}.${id}`] = `${id}\n`;
  return files;
}

function greens(round) {
  return round.filter(({ kind }) => kind === 'green');
}

function shuffled(values, random) {
  return values
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
