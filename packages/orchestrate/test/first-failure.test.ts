import { describe, expect, it } from 'vitest';
import { VERSION } from '@ralph/protocol/cli/version';
import { Failure } from '@ralph/protocol/contract/failure';
import {
  PREFLIGHT_CHECKS,
  type PreflightCheck,
  type PreflightFinding,
} from '@ralph/protocol/contract/preflight-report';
import { DOCTOR_ORDER, diagnosis, statusOf, verdictText } from '../src/doctor/diagnosis.ts';
import { judgeNode } from '../src/doctor/machine.ts';
import { judgeRecords } from '../src/doctor/records.ts';
import { firstFailure } from '../src/start/first-failure.ts';
import { judgeBuild, judgePrograms } from '../src/start/programs.ts';

const error = (check: PreflightCheck, code: PreflightFinding['code'] = 'config_invalid'): PreflightFinding => ({
  check,
  level: 'error',
  code,
  message: check,
});
const strict = { force: false, fromQueue: true };

describe('firstFailure', () => {
  it('M14: follows the order of the reference, whoever found what', () => {
    const wrong: PreflightCheck[] = ['branch', 'origin', 'workspace_root', 'queue', 'clean', 'queue_lock'];
    const told: (string | undefined)[] = [];
    for (let left = wrong; left.length > 0; left = left.slice(0, -1)) {
      const reports = [
        { sibling: 'ralph-state' as const, findings: left.map((check) => error(check)) },
        { sibling: 'ralph-worker' as const, findings: [error('agent', 'command_not_found')] },
      ];
      told.push(firstFailure(reports, strict)?.message);
    }
    expect(told).toEqual(['queue_lock', 'clean', 'queue', 'workspace_root', 'origin', 'branch']);
  });

  it('keeps code, words and hint', () => {
    const findings = [{ ...error('push_rights', 'push_denied'), hint: 'git push' }];
    const failure = firstFailure([{ sibling: 'ralph-integrate', findings }], strict);
    expect({ ...failure?.toRecord() }).toMatchObject({
      code: 'push_denied',
      exit: 77,
      hint: 'git push',
      message: 'push_rights',
    });
  });

  it('passes over what the call does not need', () => {
    const findings = [error('clean'), error('queue'), error('queue_path')];
    const reports = [{ sibling: 'ralph-worker' as const, findings }];
    expect(firstFailure(reports, { force: true, fromQueue: false })).toBeUndefined();
    expect(firstFailure(reports, { force: true, fromQueue: true })?.message).toBe('queue');
    expect(firstFailure(reports, { force: false, fromQueue: false })?.message).toBe('clean');
  });

  it('tells a wrong call before everything, and a sibling that died only where nothing else is wrong', () => {
    const gone = (code: 'usage' | 'sibling_failed') =>
      ({ sibling: 'ralph-integrate', findings: [], failed: new Failure(code, code) }) as const;
    const found = { sibling: 'ralph-worker' as const, findings: [error('clean')] };
    expect(firstFailure([found, gone('usage')], strict)?.code).toBe('usage');
    expect(firstFailure([found, gone('sibling_failed')], strict)?.message).toBe('clean');
    expect(firstFailure([gone('sibling_failed')], strict)?.code).toBe('sibling_failed');
  });

  it('is silent about warnings', () => {
    const findings = [{ check: 'checkout', level: 'warning', message: 'diverged' } as const];
    expect(firstFailure([{ sibling: 'ralph-integrate', findings }], strict)).toBeUndefined();
  });
});

describe('the diagnosis', () => {
  it('has a place for every check', () => {
    expect(DOCTOR_ORDER.toSorted()).toEqual([...PREFLIGHT_CHECKS]);
    expect(new Set(DOCTOR_ORDER).size).toBe(DOCTOR_ORDER.length);
  });

  it('tells the worst of what was found of one thing, in order', () => {
    const ok = { check: 'origin', level: 'ok', message: 'there' } as const;
    const found = diagnosis([error('agent'), ok, error('origin', 'no_origin'), { ...ok, check: 'node' }]);
    expect(found.map(({ check, level }) => `${check} ${level}`)).toEqual(['node ok', 'origin error', 'agent error']);
    expect(verdictText(found)).toBe('a run would not start (errors: 2, warnings: 0)\n');
  });

  it('ends with the status of what a run would be refused with', () => {
    expect(statusOf([])).toBe(0);
    expect(statusOf([error('agent', 'command_not_found'), error('queue_lock', 'lock_held')])).toBe(75);
    expect(statusOf([error('queue_lock', 'lock_held'), error('config', 'config_invalid')])).toBe(78);
  });
});

describe('the doctor says of', () => {
  it.each([
    ['20.18.3', 'warning'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('Node %s: %s', (version, level) => {
    expect(judgeNode(version).level).toBe(level);
  });

  it.each([
    ['0.1.0', 'ok'],
    ['0.0.9', 'warning'],
    [undefined, 'error'],
  ])('a sibling of version %s: %s', (version, level) => {
    expect(judgePrograms([{ name: 'ralph-lock', command: ['ralph-lock'], version }], undefined).level).toBe(level);
  });

  it('siblings that are nowhere: what brings all five', () => {
    const nowhere = (['ralph-state', 'ralph-worker'] as const).map((name) => {
      return { name, command: undefined, version: undefined };
    });
    const found = [{ name: 'ralph-lock', command: ['ralph-lock'], version: undefined } as const, ...nowhere];
    const message = 'not found, or not to be started: ralph-lock, ralph-state, ralph-worker';
    expect(judgePrograms(found, undefined)).toMatchObject({
      message,
      hint: expect.stringMatching(
        /^npm run pack && npm install -g \.\/packs\/\*\.tgz  # in the sources .*\d; or name the folder that has them in R/,
      ) as unknown,
    });
    expect(judgePrograms(found, '/my tools')).toMatchObject({
      message,
      hint: "cd '/my tools' && npm ci  # or name the folder that has them in RALPH_EXEC_PATH",
    });
  });

  it('a sibling that does not start, or of another version: what can be typed, and mends it', () => {
    const lock = { name: 'ralph-lock', command: ['node', '/my tools/ralph-lock.cjs'] } as const;
    expect(judgePrograms([{ ...lock, version: undefined }], undefined).hint).toMatch(
      /^node '\/my tools\/ralph-lock\.cjs' --version  #/,
    );
    expect(judgePrograms([{ ...lock, version: '0.0.9' }], undefined).hint).toMatch(/^npm run pack && npm install -g /);
    expect(judgePrograms([{ ...lock, version: '0.0.9' }], '/my tools').hint).toMatch(/^cd '\/my tools' && npm ci  #/);
  });

  it('sources of another version than what was built of them: to build them', () => {
    expect(judgeBuild('99.0.0', '/tools')).toMatchObject([
      { level: 'warning', message: expect.stringContaining('are 99.0.0') as unknown, hint: 'cd /tools && npm ci' },
    ]);
    expect([
      ...judgeBuild(VERSION, '/tools'),
      ...judgeBuild(undefined, '/tools'),
      ...judgeBuild('9.9.9', undefined),
    ]).toEqual([]);
  });

  it.each([
    [{ lost: ['RQ-0001'] }, 'warning', /RQ-0001 are gone/],
    [{ blocked: 1 }, 'warning', /blocked: 1/],
    [{ completed: 3, total: 3 }, 'ok', /on record: 3/],
    [{}, 'ok', /nothing/],
  ])('records %j: %s', (counts, level, words) => {
    const { lost = [], ...some } = counts as { lost?: string[] };
    const none = { running: 0, integrating: 0, completed: 0, failed: 0, blocked: 0, lost: lost.length, total: 0 };
    const told = judgeRecords({ lifecycle_counts: { ...none, ...some }, lost });
    expect(told.level).toBe(level);
    expect(told.message).toMatch(words);
  });
});
