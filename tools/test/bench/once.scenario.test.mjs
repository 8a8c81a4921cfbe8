import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { GROUPS } from '../../bench/groups.mjs';
import { temporaryTree } from '../temporary-tree.mjs';

const run = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));
const isFull = (value) => (typeof value === 'string' ? value.trim() !== '' : Number.isFinite(value));

/** Names the fields of a row that say nothing. */
function emptyCells({ name, unit, against, ours, theirs, ratio, pairs, budget, missing }) {
  const cells =
    missing === undefined
      ? {
          unit,
          ours: ours?.median,
          theirs: theirs?.median,
          ratio: ratio?.median,
          pairs,
          budget: budget?.times ?? budget?.most,
        }
      : { missing };
  return Object.entries({ name, against, ...cells }).flatMap(([cell, value]) =>
    isFull(value) ? [] : [`${name}: ${cell}`],
  );
}

function emptyPoints({ name, of, unit, against, points, budget, seen }) {
  const cells = { name, of, unit, against, seen, budget: budget?.slope ?? budget?.more };
  const figures = points.flatMap(({ size, ours, theirs }) => [size, ours.median, theirs.median]);
  return [...Object.values(cells), ...figures].every(isFull) ? [] : [name];
}

describe('the book', () => {
  it.each(Object.keys(GROUPS))('has a peer, a budget and no empty cell in each row of %s', (name) => {
    const folder = temporaryTree({});
    const json = join(folder, 'figures.json');
    const env = { ...process.env, TMPDIR: folder };
    const { status, stdout, stderr } = spawnSync(process.execPath, [run, 'once', name, '--json', json], {
      encoding: 'utf8',
      env,
    });
    expect(`${stderr}ended with ${status}`).toBe('ended with 0');
    const { rows, series } = JSON.parse(readFileSync(json, 'utf8'))[name];
    expect(rows.length + series.length).toBeGreaterThan(0);
    expect([...rows.flatMap(emptyCells), ...series.flatMap(emptyPoints)]).toEqual([]);
    expect(stdout).toContain(`${rows.length + series.length} rows: `);
  });
});
