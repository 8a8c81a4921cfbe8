import { describe, expect, it } from 'vitest';
import { attemptOfRef, nextAttempt, taskOfRef } from '../src/refs/attempt-number.ts';

describe('nextAttempt', () => {
  it.each([
    ['the first attempt is 1', [], undefined, 1],
    ['it stands above every ref, wherever the gaps are', [1, 7, 3], undefined, 8],
    ['a task line can ask for a higher number', [1, 2], 9, 9],
    ['a task line cannot ask for a used number', [4], 2, 5],
  ])('%s', (_, used, asked, expected) => {
    expect(nextAttempt(used, asked)).toBe(expected);
  });
});

describe('attemptOfRef and taskOfRef', () => {
  it('read the refs of attempts and of kept work', () => {
    expect(attemptOfRef('refs/ralph/attempts/RQ-0001/12')).toBe(12);
    expect(attemptOfRef('refs/ralph/salvage/RQ-0001/3')).toBe(3);
    expect(taskOfRef('refs/ralph/salvage/RQ-0001/3')).toBe('RQ-0001');
    expect(taskOfRef('refs/ralph/base/RQ-0001')).toBe('RQ-0001');
  });

  it.each(['refs/heads/main', 'refs/ralph/attempts/RQ-1/x', 'refs/ralph/attempts/RQ-1/0', 'refs/ralph/attempts/a/b/1'])(
    'leave %s alone',
    (ref) => {
      expect(attemptOfRef(ref)).toBeUndefined();
    },
  );
});
