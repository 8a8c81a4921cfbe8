import { describe, expect, it } from 'vitest';
import { runStatus } from '../src/run/run-outcome.ts';

describe('runStatus', () => {
  it.each([
    [[], 'ok'],
    [['ready', 'ready'], 'ok'],
    [['ready', 'failed'], 'partial'],
    [['failed'], 'failed'],
  ] as const)('is %j -> %s', (outcomes, expected) => {
    expect(runStatus(outcomes)).toBe(expected);
  });
});
