import { describe, expect, it } from 'vitest';
import { pairs } from '../../bench/book/pairs.mjs';
import { rowOf, spreadOf } from '../../bench/book/row.mjs';
import { points, row, series } from './samples.mjs';

describe('pairs', () => {
  it('measures in turn, each side first every other time, and throws the first ones away', async () => {
    const order = [];
    const side = (name) => () => order.push(name);
    const seen = await pairs(side('ours'), side('theirs'), { rounds: 2, warmUp: 1 });
    expect(order).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
    expect(seen).toEqual({ ours: [4, 5], theirs: [3, 6] });
  });
});

describe('rowOf', () => {
  it('takes the ratio pair by pair, not of the medians', () => {
    const { ratio, ours, theirs } = row({ ours: [10, 2, 30], theirs: [10, 1, 10] });
    expect([ratio.median, ours.median, theirs.median]).toEqual([2, 10, 10]);
  });

  it('tells quartiles between the figures', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, low: 1.75, high: 3.25 });
    expect(spreadOf([7])).toEqual({ median: 7, low: 7, high: 7 });
  });

  it('holds a ratio, or ours, against the budget by the median', () => {
    expect(row({ budget: { times: 2 } }).kept).toBe(true);
    expect(row({ budget: { times: 1.99 } }).kept).toBe(false);
    expect(row({ budget: { most: 2 }, theirs: [100, 100, 100] }).kept).toBe(true);
    expect(row({ budget: { most: 1.99 }, theirs: [100, 100, 100] }).kept).toBe(false);
  });

  it.each([
    ['no figures', { ours: [], theirs: [] }, 'a row: 0 figures of ours and 0 of peer are no pairs'],
    ['figures without a partner', { ours: [1, 2], theirs: [1] }, 'a row: 2 figures of ours and 1 of peer are no pairs'],
    ['what is no number', { ours: [Number.NaN], theirs: [1] }, 'a row: a figure is NaN'],
    ['a peer that took nothing', { ours: [1], theirs: [0] }, 'a row: peer took nothing'],
    ['a peer without a figure', { ours: [1], theirs: [undefined] }, 'a row: a figure is undefined'],
  ])('refuses %s', (_, figures, message) => {
    const make = () => rowOf({ name: 'a row', unit: 'ms', against: 'peer', budget: { times: 1 }, ...figures });
    expect(make).toThrow(message);
  });
});

describe('seriesOf', () => {
  it('tells the steepest rise, where 1 is linear', () => {
    expect(series(points([10, 1], [100, 10], [1000, 100]))).toMatchObject({ seen: 1, kept: true });
    expect(series(points([10, 1], [100, 1], [1000, 100]))).toMatchObject({ seen: 2, kept: false });
  });

  it('holds no size against one that is nearly the same', () => {
    expect(series(points([10, 1], [11, 5], [22, 5])).seen).toBeCloseTo(Math.log(5) / Math.log(2.2));
  });

  it('lets what must not grow cost no more than so much at the largest size', () => {
    expect(series(points([1, 50], [1000, 58]), { more: 10 })).toMatchObject({ seen: 8, kept: true });
    expect(series(points([1, 50], [1000, 61]), { more: 10 })).toMatchObject({ seen: 11, kept: false });
  });

  it.each([
    ['a single size', [[10, 1]], 'growth needs two sizes at least'],
    [
      'what is no number',
      [
        [10, 1],
        [20, Number.NaN],
      ],
      'a figure is NaN',
    ],
    [
      'a slope from nothing',
      [
        [10, 0],
        [20, 1],
      ],
      'what costs nothing has no slope',
    ],
  ])('refuses %s', (_, sizes, message) => {
    expect(() => series(points(...sizes))).toThrow(message);
  });
});
