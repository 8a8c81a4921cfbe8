import { expect, it } from 'vitest';
import { damageEverywhere } from './support/repair-fuzz.ts';
import {
  anyEventMayComeTwice,
  anyFileSurvivesARoundTrip,
  anyOldFileIsTakenOver,
  anySplitGivesTheSameFile,
  anyStreamKeepsTheRules,
} from './support/fold-properties.ts';

const INPUTS = 3000;

it('any stream gives the same file however it is cut into batches', async () => {
  await expect(anySplitGivesTheSameFile(INPUTS)).resolves.toBeUndefined();
});
it('any event may come twice', () => {
  expect(() => anyEventMayComeTwice(INPUTS)).not.toThrow();
});
it('any stream keeps the rules', () => {
  expect(() => anyStreamKeepsTheRules(INPUTS)).not.toThrow();
});
it('any file survives a round trip', async () => {
  await expect(anyFileSurvivesARoundTrip(INPUTS)).resolves.toBeUndefined();
});
it('any old file is taken over', async () => {
  await expect(anyOldFileIsTakenOver(INPUTS)).resolves.toBeUndefined();
});

it('a repair keeps every record that does not hold the damaged byte', async () => {
  const { lost, tried } = await damageEverywhere(1);
  process.stdout.write(`${tried} damaged files\n`);
  expect(lost).toEqual([]);
});
