import { describe, expect, it } from 'vitest';
import { EXIT_STATUS } from '../../src/contract/exit-status.ts';
import { asIoFailure, Failure, FAILURE_CODES, isFailure, type FailureCode } from '../../src/contract/failure.ts';

function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('Failure', () => {
  it('has a status of the table for every code, and never that of success', () => {
    for (const [code, name] of Object.entries(FAILURE_CODES)) {
      const { exit } = new Failure(code as FailureCode, 'x');
      expect([code, exit]).toEqual([code, EXIT_STATUS[name].code]);
      expect(exit).toBeGreaterThan(0);
    }
  });

  it('becomes a record with code, words, hint, status and whether to try again', () => {
    const failure = new Failure('lock_held', 'held by 7', {
      hint: 'wait',
      taskId: 'A',
      attempt: 2,
      details: { pid: 7 },
    });
    expect(failure.toRecord()).toEqual({
      code: 'lock_held',
      message: 'held by 7',
      hint: 'wait',
      exit: 75,
      retryable: true,
      task_id: 'A',
      attempt: 2,
      details: { pid: 7 },
    });
    expect(new Failure('queue_corrupt', 'x').toRecord()).toEqual({
      code: 'queue_corrupt',
      message: 'x',
      hint: '',
      exit: 65,
      retryable: false,
    });
  });

  it('passes on a status of its own when it is given one', () => {
    expect(new Failure('agent_failed', 'x', { exit: 42 }).exit).toBe(42);
  });

  it('is told from a bug by its shape, also when a bundle holds the class twice', () => {
    const twin = Object.assign(new Error('x'), { name: 'Failure', code: 'io', parts: {} });
    expect([new Failure('io', 'x'), twin, new Error('x'), errno('EIO'), 'io', null].map(isFailure)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('asIoFailure', () => {
  it.each([
    ['ENOSPC', 'disk_full'],
    ['EDQUOT', 'disk_full'],
    ['EACCES', 'permission'],
    ['EROFS', 'permission'],
    ['EIO', 'io'],
    ['EMFILE', 'io'],
  ])('turns %s into %s and names what was being done', (code, expected) => {
    const failure = asIoFailure(errno(code), 'write /x');
    expect(isFailure(failure) && [failure.code, failure.exit, failure.message]).toEqual([
      expected,
      74,
      `cannot write /x: ${code}`,
    ]);
  });

  it('leaves a bug and a failure as they are', () => {
    for (const error of [
      new TypeError('x'),
      errno('ERR_INVALID_ARG_TYPE'),
      new Failure('fenced', 'x'),
      'text',
      undefined,
    ]) {
      expect(asIoFailure(error, 'write')).toBe(error);
    }
  });
});
