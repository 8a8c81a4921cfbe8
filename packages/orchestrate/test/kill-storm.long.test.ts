import { expect, it } from 'vitest';
import { killStorm } from './storm/kill-storm.ts';

const PARTS = 5;

/** So many cases a part has at most: each part has numbers of its own, so that a seed replays it. */
const CASES_A_PART = 100;

it.each(Array.from({ length: PARTS }, (_, part) => part))(
  'killed -9 at 100 moments of chance, and run again: every task landed once or is blocked, and nothing is left (part %i)',
  async (part) => {
    const { wrong, isWhole } = await killStorm(100, 1 + part * CASES_A_PART);
    expect(wrong).toEqual([]);
    expect(isWhole).toBe(true);
  },
);
