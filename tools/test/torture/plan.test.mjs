import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { tortureAllKinds } from '../../torture/all-kinds.mjs';
import { deal, roundsForAll } from '../../torture/deal.mjs';
import { FAULTS } from '../../torture/faults/list.mjs';
import { chosenFaults, optionsFrom } from '../../torture/options.mjs';
import { addRound, badText, emptySum, isGood, kindsLeft, tableOf } from '../../torture/sum.mjs';
import { makeWorld } from '../../torture/world/make-world.mjs';

const program = fileURLToPath(new URL('../../torture/run.mjs', import.meta.url));

it.each([1, 2, 3, 99])('each fault is dealt before one comes again, and the same for the same seed (%i)', (seed) => {
  const rounds = roundsForAll(FAULTS);
  const dealt = Array.from({ length: rounds }, (_, index) => deal(seed, index + 1, FAULTS)).flat(2);
  expect(new Set(dealt)).toEqual(new Set(FAULTS));
  expect(deal(seed, rounds, FAULTS)).toEqual(deal(seed, rounds, FAULTS));
});

it('faults have names of their own', () => {
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});

it('the same seed and round make the same world, another round another one', { timeout: 120_000 }, () => {
  const signal = new AbortController().signal;
  const [one, same, other] = [4, 4, 5].map((round) => {
    const world = makeWorld({ seed: 7, round, signal });
    rmSync(world.folder, { recursive: true });
    return { tasks: [...world.tasks], args: world.args.join(' ').replaceAll(world.folder, ''), token: world.token };
  });
  expect(same).toEqual(one);
  expect(other).not.toEqual(one);
});

it('the table has the faults by name, those that cannot be done with the reason, and what was wrong', () => {
  const fault = (name, missing) => ({ name, kind: 'signal', missing: () => missing });
  const sum = emptySum([fault('a hit'), fault('none here', 'no compiler')]);
  const hits = [{ name: 'a hit', kind: 'signal', count: 2 }];
  addRound(sum, { round: 1, runs: 3, hits, fates: ['landed', 'failed'], wrong: [], kept: undefined });
  expect(isGood(sum)).toBe(true);
  const wrong = [{ row: 'lost', text: 'x' }];
  addRound(sum, { round: 2, runs: 3, hits, fates: ['landed'], wrong, kept: '/k' });
  expect(isGood(sum)).toBe(false);
  expect(tableOf(sum).replaceAll(/ +/g, ' ')).toBe(
    [
      'rounds 2',
      'runs 6',
      'faults 4',
      ' signal 4',
      ' a hit 4',
      ' none here - (no compiler)',
      'tasks landed 2',
      'tasks blocked 0',
      'tasks failed 1',
      'tasks that wait for those 0',
      'lost 1',
      'landed twice 0',
      'orphans 0',
      'stuck 0',
      'torn files 0',
      'untrue 0',
      'touched 0',
    ].join('\n'),
  );
});

it('whoever reads of a bad round is told what was wrong, where it is kept and how it is played again', () => {
  const wrong = [{ row: 'lost', text: 'RQ-0001 (edit) is waiting' }];
  expect(badText({ round: 7, wrong, kept: '/k', again: '--seed 1 --round 7 --fault clock' })).toBe(
    'lost: RQ-0001 (edit) is waiting\nkept in /k\nagain: npm run torture -- --seed 1 --round 7 --fault clock',
  );
});

it('rounds go on with what has not struck yet, and come to an end where it never does', async () => {
  const faults = ['signal', 'clock', 'disk'].map((kind) => ({ name: `of ${kind}`, kind, missing: () => undefined }));
  const played = [];
  const play = async ({ faults: dealt, round, rounds, again, sum = emptySum(dealt) }) => {
    played.push([round ?? `to ${rounds}`, dealt.map(({ kind }) => kind).join(), again]);
    const struck = dealt.filter(({ kind }) => kind === 'signal' || (kind === 'clock' && round === 14));
    const hits = struck.map(({ name, kind }) => ({ name, kind, count: 1 }));
    addRound(sum, { round, runs: 1, hits, fates: [], wrong: [], kept: undefined });
    return sum;
  };
  const sum = await tortureAllKinds({ seed: 1, rounds: 12, faults }, play);
  expect(kindsLeft(sum)).toEqual(['disk']);
  expect(played).toEqual([
    ['to 12', 'signal,clock,disk', undefined],
    [13, 'clock', ' --fault clock'],
    [14, 'clock', ' --fault clock'],
    ...[13, 14, 15, 16].map((round) => [round, 'disk', ' --fault disk']),
  ]);
});

it('faults are chosen by words of their name, or by their kind', () => {
  expect(chosenFaults('SIGSTOP').map(({ name }) => name)).toEqual(['SIGSTOP and SIGCONT']);
  expect(new Set(chosenFaults('git').map(({ kind }) => kind))).toEqual(new Set(['git']));
  expect(chosenFaults('')).toEqual(FAULTS);
});

it('options are read', () => {
  expect(optionsFrom(['--minutes', '0.5', '--seed', '0'])).toMatchObject({ minutes: 0.5, seed: 0 });
  expect(optionsFrom([])).toMatchObject({ minutes: 5 });
  expect(optionsFrom(['--round', '3', '--keep'])).toMatchObject({ round: 3, keep: true });
});

it.each([
  [['--minutes', '0'], '--minutes takes a number above 0, not "0"'],
  [['--rounds', '1.5'], '--rounds takes a whole number from 1 on, not "1.5"'],
  [['--round', '0'], '--round takes a whole number from 1 on, not "0"'],
  [['--seed', ''], '--seed takes a whole number from 0 on, not ""'],
  [['--round', '1', '--rounds', '2'], '--rounds and --round exclude each other'],
  [['--json', '/no such folder/x'], '--json: there is no folder /no such folder'],
  [['--json', '/'], '--json: / is a folder'],
  [['--sed', '1'], "Unknown option '--sed'"],
])('wrong arguments end with 64: %s', (args, words) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
  expect(stderr).toContain(words);
  expect(stderr).toContain('try npm run torture -- --help');
});
