import { expect, it } from 'vitest';
import { roundsForAll } from '../torture/deal.mjs';
import { FAULTS, possibleFaults } from '../torture/faults/list.mjs';
import { badText, isGood, kindsLeft, tableOf } from '../torture/sum.mjs';
import { tortureAllKinds } from '../torture/all-kinds.mjs';

/** Some four minutes on two cores that others use too. */
const ROUNDS = 12;

it(
  'whatever is done to it from outside, nothing is lost, landed twice, left behind, stuck or torn',
  { timeout: 2_400_000 },
  async () => {
    const seed = Number(process.env['RALPH_TEST_SEED'] ?? Date.now() % 1e6);
    console.log(`RALPH_TEST_SEED=${seed}`);
    const { signal } = new AbortController();
    expect(ROUNDS).toBeGreaterThanOrEqual(roundsForAll(possibleFaults(FAULTS)));
    const sum = await tortureAllKinds({ seed, rounds: ROUNDS, signal, onLine: (line) => console.log(line) });
    console.log(tableOf(sum));
    expect(sum.bad.map((one) => badText(one))).toEqual([]);
    expect(isGood(sum)).toBe(true);
    expect(sum.rounds).toBeGreaterThanOrEqual(ROUNDS);
    expect(sum.tasks.landed).toBeGreaterThan(ROUNDS);
    expect(kindsLeft(sum)).toEqual([]);
  },
);
