import { expect, it } from 'vitest';
import { badText, tableOf } from '../torture/sum.mjs';
import { torture } from '../torture/torture.mjs';

const MINUTES = 30;

it('half an hour of it: nothing is lost, landed twice, left behind, stuck or torn', async () => {
  const seed = Number(process.env['RALPH_TEST_SEED'] ?? Date.now() % 1e6);
  console.log(`RALPH_TEST_SEED=${seed}`);
  const { signal } = new AbortController();
  const sum = await torture({ seed, minutes: MINUTES, signal, onLine: (line) => console.log(line) });
  console.log(tableOf(sum));
  expect(sum.bad.map((one) => badText(one))).toEqual([]);
  expect(sum.rounds).toBeGreaterThan(0);
});
