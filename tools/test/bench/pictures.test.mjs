import { describe, expect, it } from 'vitest';
import { chart } from '../../bench/book/chart.mjs';
import { curves } from '../../bench/book/curves.mjs';
import { log } from '../../bench/book/drawing.mjs';
import { headingLine, markdownSeries, markdownTable, rowLine, seriesLines } from '../../bench/book/table.mjs';
import { faultsOfXml, points, row, series } from './samples.mjs';

const missing = { name: 'queue', against: 'GNU parallel', missing: 'GNU parallel is not installed' };
const rows = [
  row(),
  row({ name: 'missed', budget: { times: 0.01 } }),
  row({ name: 'large', ours: [4000], theirs: [1] }),
  row({ name: 'small', ours: [0], theirs: [1], budget: { most: 1 } }),
];
const all = [
  series(),
  series(points([1, 40], [1e6, 41]), { name: 'flat', more: 10 }),
  series(points([1, 0], [1000, 0]), { name: 'nothing', more: 1 }),
];

describe('a table', () => {
  it('has no empty cell, also for what was not measured', () => {
    const lines = markdownTable([...rows, missing])
      .trim()
      .split('\n');
    expect(lines).toHaveLength(7);
    expect(lines.flatMap((line) => line.split(' | ').filter((cell) => /^\|?\s*\|?$/.test(cell)))).toEqual([]);
    expect(lines.at(-1)).toBe(
      '| queue | - | GNU parallel | not measured: GNU parallel is not installed | - | 0 | - | open |',
    );
  });

  it('escapes what would end a cell', () => {
    expect(markdownTable([row({ name: 'a | b' })])).toContain('| a \\| b | 2.00 ms |');
    expect(markdownSeries([series(undefined, { name: 'a | b' })])).toContain('| a \\| b |');
  });

  it('tells in a terminal what it tells on a page', () => {
    expect(headingLine()).toMatch(/^what +ours +peer or limit +theirs +ratio \(quartiles\) +pairs +budget +verdict$/);
    expect(rowLine(row())).toMatch(
      / 2\.00 ms +cat > file +1\.00 ms +2\.00 \(1\.50 to 2\.50\) +3 +at most 2\.00 x +kept$/,
    );
    expect(seriesLines(series()).at(-1)).toBe('  slope at most 1.15: 1.00, kept');
  });
});

describe('a picture', () => {
  it('of rows is well-formed, has each of them, and no figure that is none', () => {
    const svg = chart('Start & up', rows);
    expect(faultsOfXml(svg)).toEqual([]);
    expect(svg.match(/<circle/g)).toHaveLength(rows.length);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).toContain('a &lt;row&gt; &amp; &quot;more&quot;');
  });

  it('of growth is well-formed, has each series and point, and no figure that is none', () => {
    const svg = curves('Growth', all);
    expect(faultsOfXml(svg)).toEqual([]);
    expect(svg.match(/<polyline/g)).toHaveLength(2 * all.length);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).toContain('lines &amp; &lt;tags&gt;');
  });

  it('of a single row, or of rows that are all alike, has a scale', () => {
    expect(chart('x', [row({ ours: [1], theirs: [1], budget: { times: 1 } })])).not.toMatch(/NaN|Infinity/);
  });
});

describe('a scale', () => {
  it.each([[[1, 2]], [[0.003, 40]], [[0.9, 1.1]], [[1, 1e9]], [[5, 5]]])(
    'of %j has two marks at least, and room between them',
    (range) => {
      const place = log(range, [0, 400]);
      const places = place.marks.map(place);
      expect(places.length).toBeGreaterThan(1);
      expect(places.slice(1).filter((at, index) => at - places[index] < 24)).toEqual([]);
    },
  );
});
