import { describe, expect, it } from 'vitest';
import { GATE_OPTIONS } from '../src/gate/gate-options.ts';
import { readGateSettings } from '../src/gate/gate-settings.ts';
import { nextStep, runEnd, type KnownRuns } from '../src/gate/gate-verdict.ts';
import { passKey } from '../src/gate/pass-key.ts';

const NOTHING = {
  ci: undefined,
  'ci-timeout': GATE_OPTIONS['ci-timeout'].fallback,
  gate: [],
  'gate-timeout': [],
  'gates-at-once': false,
  'flaky-retry': false,
  'ci-env': [],
  'no-ci-cache': false,
  'ci-log-limit': GATE_OPTIONS['ci-log-limit'].fallback,
};

describe('readGateSettings', () => {
  it('leaves the only gate without a name', () => {
    const { gates, repeated } = readGateSettings({ ...NOTHING, ci: 'npm test' });
    expect(gates).toEqual([{ name: undefined, command: 'npm test', timeoutMs: 1_800_000, logName: undefined }]);
    expect(repeated).toEqual(['--ci', 'npm test']);
    expect(readGateSettings(NOTHING)).toMatchObject({ gates: [], repeated: [] });
  });

  it('calls it ci where there are others, which come behind it in order, with limits of their own', () => {
    const given = {
      ...NOTHING,
      ci: 'make',
      'ci-timeout': 60,
      gate: ['lint=a=b c', 'types=tsc'],
      'gate-timeout': ['types=2m', 'ci=1.5'],
      'gates-at-once': true,
      'flaky-retry': true,
      'ci-env': ['NODE_ENV'],
      'no-ci-cache': true,
      'ci-log-limit': 1000,
    };
    const { gates, repeated } = readGateSettings(given);
    expect(gates).toEqual([
      { name: 'ci', command: 'make', timeoutMs: 1500, logName: undefined },
      { name: 'lint', command: 'a=b c', timeoutMs: 60_000, logName: 'lint' },
      { name: 'types', command: 'tsc', timeoutMs: 120_000, logName: 'types' },
    ]);
    expect(repeated.join(' ')).toBe(
      '--ci make --ci-timeout 60 --gate lint=a=b c --gate types=tsc --gate-timeout types=2m --gate-timeout ci=1.5' +
        ' --gates-at-once --flaky-retry --ci-env NODE_ENV --no-ci-cache --ci-log-limit 1000',
    );
  });

  it.each([
    ['a gate without a name', { gate: ['=true'] }, /bad name/],
    ['a name that leads elsewhere', { gate: ['../x=true'] }, /bad name/],
    ['a name with a dot', { gate: ['a.first=true'] }, /bad name/],
    ['a gate without a command', { gate: ['lint= '] }, /no command after "lint="/],
    ['a name alone', { gate: ['lint'] }, /no "="/],
    ['a name twice', { gate: ['lint=a', 'Lint=b'] }, /Lint occurs twice/],
    ['the name of --ci', { ci: 'make', gate: ['ci=b'] }, /ci occurs twice/],
    ['a limit of no gate', { gate: ['lint=a'], 'gate-timeout': ['list=3'] }, /no such gate: the gates are lint/],
    ['a limit without gates', { 'gate-timeout': ['ci=3'] }, /there are no gates/],
    ['a limit that is no time', { ci: 'a', 'gate-timeout': ['ci=soon'] }, /--gate-timeout ci "soon"/],
    ['two limits of one gate', { ci: 'a', 'gate-timeout': ['ci=1', 'ci=2'] }, /ci occurs twice/],
    ['a variable with its value', { 'ci-env': ['A=1'] }, /without its value/],
  ])('refuses %s', (_, args, words) => {
    expect(() => readGateSettings({ ...NOTHING, ...args })).toThrow(words);
  });
});

describe('nextStep', () => {
  it.each<[KnownRuns, boolean, string]>([
    [{ first: 'green' }, false, 'passed'],
    [{ first: 'red' }, false, 'red'],
    [{ first: 'timeout' }, true, 'timeout'],
    [{ first: 'red' }, true, 'run_again'],
    [{ first: 'red', second: 'green' }, true, 'flaky'],
    [{ first: 'red', second: 'timeout' }, true, 'timeout'],
    [{ first: 'red', second: 'red' }, true, 'run_base'],
    [{ first: 'red', second: 'red', base: 'green' }, true, 'red'],
    [{ first: 'red', second: 'red', base: 'timeout' }, true, 'red'],
    [{ first: 'red', second: 'red', base: 'red' }, true, 'already_red'],
  ])('%o, retry %s: %s', (runs, retry, step) => {
    expect(nextStep(runs, retry)).toBe(step);
  });

  it('takes what a signal ended for red', () => {
    expect(runEnd({ cause: 'exited', exitCode: null, signal: 'SIGSEGV' })).toBe('red');
    expect(runEnd({ cause: 'timeout', exitCode: 0, signal: null })).toBe('timeout');
  });
});

describe('passKey', () => {
  const judged = { tree: 'a'.repeat(40), command: 'make', names: ['A', 'B'], environment: { A: '1', C: '3' } };

  it('is the same for the same tree, command and chosen variables, in any order', () => {
    expect(passKey({ ...judged, names: ['B', 'A', 'A'], environment: { A: '1', C: '4' } })).toBe(passKey(judged));
    expect(passKey(judged)).toMatch(/^[\da-f]{64}$/);
  });

  it.each([
    ['tree', { tree: 'b'.repeat(40) }],
    ['command', { command: 'make ' }],
    ['value', { environment: { A: '2' } }],
    ['variable that is set', { environment: { A: '1', B: '' } }],
    ['name', { names: ['A'] }],
  ])('is another for another %s', (_, change) => {
    expect(passKey({ ...judged, ...change })).not.toBe(passKey(judged));
  });
});
