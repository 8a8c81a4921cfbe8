import { describe, expect, it } from 'vitest';
import { summarise, summaryLine } from '../test-summary.mjs';
import { temporaryTree } from './temporary-tree.mjs';

const report = (changes = {}) => ({
  success: true,
  numPassedTests: 2,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ name: '/elsewhere/packages/lock/test/run.test.ts', status: 'passed', assertionResults: [] }],
  ...changes,
});

const tree = (unit) =>
  temporaryTree({
    'packages/lock/test/run.test.ts': '',
    'packages/lock/test/run.bin.test.ts': '',
    'packages/lock/src/x.ts': '',
    ...(unit === undefined ? {} : { 'packages/lock/.reports/unit.json': unit }),
  });

describe('test-summary', () => {
  it('adds up what the reports of the asked tiers say', () => {
    const { problems, ...sum } = summarise(tree(report({ numPassedTests: 3, numPendingTests: 1, numTodoTests: 1 })), [
      'unit',
    ]);
    expect({ ...sum, problems, line: summaryLine(sum) }).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
      problems: [],
      line: '2 skipped\n3 passed, 0 failed',
    });
  });

  it('counts a missing report as failed', () => {
    const sum = summarise(tree(report()), ['unit', 'bin']);
    expect(sum).toMatchObject({
      passed: 2,
      failed: 1,
      problems: ['packages/lock/.reports/bin.json: missing: these tests were not run'],
    });
    expect(summaryLine(sum)).toBe('2 passed, 1 failed');
  });

  it('counts a report of other test files as failed', () => {
    const stale = report({
      testResults: [{ name: '/x/packages/lock/test/old.test.ts', status: 'passed', assertionResults: [] }],
    });
    expect(summarise(tree(stale), ['unit'])).toMatchObject({
      failed: 1,
      problems: [expect.stringContaining('stale: made from test/old.test.ts')],
    });
  });

  it('counts a test file that could not be loaded as failed', () => {
    const name = '/x/packages/lock/test/run.test.ts';
    const broken = report({
      success: false,
      testResults: [{ name, status: 'failed', message: 'no such file', assertionResults: [] }],
    });
    expect(summarise(tree(broken), ['unit'])).toMatchObject({
      failed: 1,
      problems: [expect.stringContaining('could not be run: no such file')],
    });
  });

  it('names each test that failed, with what it said', () => {
    const failed = {
      status: 'failed',
      fullName: 'lock is let go',
      failureMessages: ['\u001b[31mexpected 1\u001b[39m\n at x'],
    };
    const name = '/x/packages/lock/test/run.test.ts';
    const sum = summarise(
      tree(
        report({
          success: false,
          numFailedTests: 1,
          testResults: [{ name, status: 'failed', assertionResults: [failed, { status: 'passed' }] }],
        }),
      ),
      ['unit'],
    );
    expect(sum).toMatchObject({ failed: 1, problems: [`FAILED ${name}\n  lock is let go\n    expected 1\n     at x`] });
  });

  it('counts a run that failed outside of its tests as failed', () => {
    expect(summarise(tree(report({ success: false })), ['unit'])).toMatchObject({ failed: 1 });
  });
});
