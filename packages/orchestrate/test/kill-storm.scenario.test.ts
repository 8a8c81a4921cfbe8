import { expect, it } from 'vitest';
import { killStorm } from './storm/kill-storm.ts';

it(
  'killed -9 at 50 moments of chance, and run again: every task landed once or is blocked, and nothing is left',
  { timeout: 900_000 },
  async () => {
    const { wrong, isWhole } = await killStorm(50);
    expect(wrong).toEqual([]);
    expect(isWhole).toBe(true);
  },
);
