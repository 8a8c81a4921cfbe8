import { describe, expect, it } from 'vitest';
import { nextLookMs } from '../../src/process/log-schedule.ts';

const quiet = { size: 0, limitBytes: 1000, grownBytes: 0, elapsedMs: 100, idleLeftMs: Number.POSITIVE_INFINITY };

describe('nextLookMs', () => {
  it('looks ever more rarely while nothing comes', () => {
    expect(nextLookMs(quiet)).toBe(200);
    expect(nextLookMs({ ...quiet, elapsedMs: 400 })).toBe(250);
  });

  it('looks halfway to the limit at the pace seen', () => {
    expect(nextLookMs({ ...quiet, size: 200, grownBytes: 200 })).toBe(200);
    expect(nextLookMs({ ...quiet, size: 1, grownBytes: 1 })).toBe(250);
  });

  it('looks soon, but not all the time, at a flood', () => {
    expect(nextLookMs({ ...quiet, size: 999, grownBytes: 999 })).toBe(10);
    expect(nextLookMs({ ...quiet, size: 5000, grownBytes: 5000 })).toBe(10);
  });

  it('looks when a silent agent is to be ended', () => {
    expect(nextLookMs({ ...quiet, idleLeftMs: 70 })).toBe(70);
    expect(nextLookMs({ ...quiet, idleLeftMs: -5 })).toBe(1);
  });
});
