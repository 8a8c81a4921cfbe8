import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fullCells, quickCells } from '../bench/train/cells.mjs';
import { GATE_SCRIPT, gateRuns } from '../bench/train/gate.mjs';
import { faultsOf } from '../bench/train/judge.mjs';
import { filesOf, schedule } from '../bench/train/schedule.mjs';
import { covered, gitRuns, tally } from '../bench/train/spans.mjs';
import { temporaryTree } from './temporary-tree.mjs';

const kinds = (rounds) => tally(rounds.flat().map(({ kind }) => kind));

describe('schedule', () => {
  const asked = { candidates: 8, rounds: 10, red: 0.05, conflicts: 0.2, clashes: 0.05 };

  it('is the same for the same seed, and another for another', () => {
    expect(schedule(asked)).toEqual(schedule(asked));
    expect(schedule({ ...asked, seed: 2 })).not.toEqual(schedule(asked));
  });

  it('keeps the shares over all rounds, a pair for each that is at odds', () => {
    expect(kinds(schedule(asked))).toEqual({ green: 36, conflict: 32, clash: 8, red: 4 });
  });

  it('makes no more pairs than there are candidates for', () => {
    expect(kinds(schedule({ candidates: 3, red: 0.3, conflicts: 1 }))).toEqual({ conflict: 2, red: 1 });
  });

  it('gives the two of a pair the same line, or files that are red together', () => {
    expect(filesOf({ id: 'A', kind: 'conflict', pair: 2 })).toEqual({ 'work/A.txt': 'A\n', 'shared/2.txt': 'A\n' });
    expect(filesOf({ id: 'A', kind: 'clash', pair: 2 })).toEqual({ 'work/A.txt': 'A\n', 'clash/2.A': 'A\n' });
  });
});

describe('the gate', () => {
  const judged = (...planned) => {
    const folder = temporaryTree({ 'gate.sh': GATE_SCRIPT });
    for (const [path, text] of planned.flatMap((one) => Object.entries(filesOf(one)))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { status } = spawnSync('sh', ['./gate.sh', 'judge', '0', 'record'], { cwd: folder });
    return { status, record: readFileSync(join(folder, 'record'), 'utf8') };
  };
  const clash = (id, pair) => ({ id, kind: 'clash', pair });

  it.each([
    [0, 'green ones', [{ id: 'A', kind: 'green' }]],
    [1, 'a red one', [{ id: 'A', kind: 'red' }]],
    [0, 'one of a pair, and one of another', [clash('A', 1), clash('B', 2)]],
    [1, 'both of a pair', [clash('A', 1), clash('B', 1)]],
  ])('ends with %i for %s', (status, _, planned) => {
    expect(judged(...planned).status).toBe(status);
  });

  it('tells when it ran', () => {
    const { runs, spans } = gateRuns(judged().record);
    expect({ runs, ends: spans.map(([begin, end]) => end >= begin) }).toEqual({ runs: 1, ends: [true] });
  });

  it('counts as a run when it was cut off', () => {
    expect(gateRuns('begin 7 1000000\nbegin 8 2000000\nend 8 5000000\n')).toEqual({ runs: 2, spans: [[2, 5]] });
  });
});

describe('judge', () => {
  const round = [
    { id: 'A', kind: 'green' },
    { id: 'B', kind: 'red' },
    { id: 'C', kind: 'conflict', pair: 1 },
    { id: 'D', kind: 'conflict', pair: 1 },
  ];
  const good = {
    subjects: ['A: work', 'D: work'],
    states: [{ commit: 'c1', green: true }],
    landed: ['A', 'D'],
    blocked: ['B', 'C'],
  };

  it('finds nothing when green ones and one of a pair have landed', () => {
    expect(faultsOf(round, good)).toEqual([]);
  });

  it.each([
    ['a red state', { states: [{ commit: 'c2', green: false }] }, ['the target was red at c2']],
    [
      'lost work',
      { subjects: ['D: work'], landed: ['D'], blocked: ['A', 'B', 'C'] },
      ['A is green and has not landed'],
    ],
    ['work that is there twice', { subjects: ['A: work', 'D: work', 'A: work'] }, ['A is on the target 2 times']],
    [
      'both of a pair',
      { subjects: ['A: work', 'C: work', 'D: work'], landed: ['A', 'C', 'D'], blocked: ['B'] },
      ['2 of C and D landed, one should have'],
    ],
    [
      'a report that is not so',
      { landed: ['A', 'B', 'D'], blocked: ['C'] },
      ['B is not on the target, and was reported landed'],
    ],
    ['silence', { blocked: ['C'] }, ['B is not on the target, and was reported as nothing']],
    ['what nobody made', { subjects: ['A: work', 'D: work', 'fixup'] }, ["1 commits on the target are nobody's"]],
  ])('finds %s', (_, change, faults) => {
    expect(faultsOf(round, { ...good, ...change })).toEqual(faults);
  });
});

describe('spans', () => {
  it('count once where they overlap, and only within the time', () => {
    const spans = /** @type {[number, number][]} */ ([
      [50, 70],
      [0, 20],
      [15, 30],
      [16, 18],
      [90, 200],
    ]);
    expect(covered(spans, [10, 100])).toBe(50);
  });

  it("are read from git's own record, with the commands that nobody of git's began", () => {
    const line = (event, sid, time, more = {}) =>
      JSON.stringify({ event, sid, time: `2026-01-01T00:00:${time}Z`, ...more });
    const text = [
      line('start', 'a', '01.000500', { t_abs: 0.0005, argv: ['git', '-c', 'x=y', '-C', 'd', 'push', 'origin'] }),
      line('start', 'a/b', '01.002000', { t_abs: 0.001, argv: ['git', 'pack-objects'] }),
      line('atexit', 'a/b', '01.003000'),
      line('atexit', 'a', '01.250000'),
    ].join('\n');
    const { spans, commands } = gitRuns(`${text}\n`);
    const begin = Date.parse('2026-01-01T00:00:01Z');
    expect(commands).toEqual(['push']);
    expect(spans.map((span) => span.map((time) => Math.round(time - begin)))).toEqual([
      [1, 3],
      [0, 250],
    ]);
  });
});

describe('cells', () => {
  it('cover every combination in the whole table', () => {
    const seen = fullCells().filter(({ ci, clashes }) => ci === 'wait' && clashes === 0);
    const distinct = new Set(
      seen.map(({ candidates, places, red, conflicts }) => [candidates, places, red, conflicts].join()),
    );
    expect(distinct.size).toBe(4 * 2 * 3 * 2);
  });

  it('are few in the quick one', () => {
    expect(quickCells().length).toBeLessThan(10);
  });
});
