import { describe, expect, it } from 'vitest';
import { pauseMs } from '../src/candidate/backoff.ts';
import { bookkeepingMode } from '../src/books/bookkeeping.ts';
import { candidateOf } from '../src/candidate/candidate.ts';
import { nextTry } from '../src/candidate/next-try.ts';
import { exitOfRun, kindOfFailure } from '../src/candidate/outcome.ts';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { startingPoint } from '../src/candidate/starting-point.ts';
import { Failure } from '@ralph/protocol/contract/failure';
import { nextCommand } from '../src/candidate/next-command.ts';
import { finishedLine } from './finished-attempt.ts';

describe('pauseMs', () => {
  const schedule = [500, 2000, 5000, 10000];

  it('follows the schedule and repeats its last element', () => {
    expect([0, 1, 2, 3, 4, 99].map((index) => pauseMs(schedule, index, 0.5))).toEqual([
      500, 2000, 5000, 10000, 10000, 10000,
    ]);
  });

  it('moves a pause by a fifth at most', () => {
    expect([0, 1].map((random) => pauseMs(schedule, 0, random))).toEqual([400, 600]);
  });

  it('is nothing without a schedule', () => {
    expect(pauseMs([], 3, 1)).toBe(0);
  });
});

describe('nextTry', () => {
  const tries = { failures: 1, racesInRow: 1, maxAttempts: 50 };

  it('answers five lost races at once and pauses after that', () => {
    const kinds = [1, 5, 6, 7].map((racesInRow) => nextTry('race', { ...tries, racesInRow }).kind);
    expect(kinds).toEqual(['at_once', 'at_once', 'after_pause', 'after_pause']);
  });

  it.each([
    ['policy', 'push_denied'],
    ['auth', 'push_auth'],
    ['local', 'push_local'],
  ] as const)('gives up at once after %s', (refusal, code) => {
    expect(nextTry(refusal, tries)).toEqual({ kind: 'blocked', code, final: true });
  });

  it.each([
    ['race', 'push_race'],
    ['lock_left', 'push_race'],
    ['network', 'origin_unreachable'],
    ['unknown', 'origin_unreachable'],
  ] as const)('gives up after the last try on %s, not before', (refusal, code) => {
    expect(nextTry(refusal, { ...tries, failures: 49 }).kind).not.toBe('blocked');
    expect(nextTry(refusal, { ...tries, failures: 50 })).toEqual({ kind: 'blocked', code, final: false });
  });
});

describe('nextCommand', () => {
  it.each([
    ['a hint that is a command', new Failure('conflict', 'x', { hint: 'git status' }), 'git status'],
    ['no hint', new Failure('internal', 'x'), 'land'],
    ['an advice in words', new Failure('disk_full', 'x', { hint: 'free some space' }), 'land  # free some space'],
  ])('of %s is one that a shell takes', (_, failure, command) => {
    expect(nextCommand(failure, 'land')).toBe(command);
  });
});

describe('exitOfRun', () => {
  it.each([
    ['ok', 0, 0, 0, 0],
    ['ok', 3, 0, 0, 0],
    ['partial', 1, 1, 0, 0],
    ['partial', 1, 0, 1, 0],
    ['partial', 1, 0, 0, 1],
    ['blocked', 0, 2, 0, 0],
    ['failed', 0, 0, 2, 0],
    ['busy', 0, 0, 0, 2],
    ['partial', 0, 1, 1, 0],
    ['partial', 0, 1, 0, 1],
  ] as const)('is %s for %i landed, %i blocked, %i failed, %i skipped', (name, landed, blocked, failed, skipped) => {
    expect(exitOfRun({ landed, published: 0, blocked, failed, skipped })).toBe(name);
    // What awaits a review went as it was asked for.
    expect(exitOfRun({ landed: 0, published: landed, blocked, failed, skipped })).toBe(name);
  });
});

describe('kindOfFailure', () => {
  it('keeps the workspace of everything that a person can put right', () => {
    expect(
      (['conflict', 'ci_failed', 'push_denied', 'git_failed', 'disk_full', 'internal'] as const).map(kindOfFailure),
    ).toEqual(Array.from({ length: 6 }, () => 'blocked'));
    expect((['fenced', 'workspace_missing', 'bookkeeping_failed'] as const).map(kindOfFailure)).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
  });
});

describe('startingPoint', () => {
  const at = { head: 'h', tip: 't', record: undefined, onTarget: false, wasBlocked: false };

  it('is the parked tip when HEAD stands on it', () => {
    expect(startingPoint({ ...at, head: 't', wasBlocked: true })).toBe('tip');
  });

  it('is the parked tip when HEAD is what an earlier integration made of it', () => {
    expect(startingPoint({ ...at, record: { tip: 't', head: 'h' } })).toBe('tip');
    expect(startingPoint({ ...at, record: { tip: 't', head: null } })).toBe('tip');
  });

  it('is the parked tip when HEAD holds nothing that has not landed', () => {
    expect(startingPoint({ ...at, onTarget: true, wasBlocked: true })).toBe('tip');
  });

  it('is HEAD when a person has worked in a blocked workspace', () => {
    expect(startingPoint({ ...at, wasBlocked: true })).toBe('adopt');
  });

  it('keeps a HEAD that nobody can explain', () => {
    expect(startingPoint(at)).toBe('stray');
    expect(startingPoint({ ...at, record: { tip: 't', head: 'other' } })).toBe('stray');
    expect(startingPoint({ ...at, record: { tip: 'other', head: 'h' } })).toBe('stray');
  });
});

describe('bookkeepingMode', () => {
  it.each([
    ['tracked', 'tracked', 'tracked'],
    ['tracked', 'absent', 'tracked'],
    ['absent', 'tracked', 'tracked'],
    ['untracked', 'untracked', 'untracked'],
    ['untracked', 'absent', 'untracked'],
    ['absent', 'absent', 'untracked'],
    ['tracked', 'untracked', 'split'],
    ['untracked', 'tracked', 'split'],
  ] as const)('of a queue that is %s and a done file that is %s is %s', (queue, done, mode) => {
    expect(bookkeepingMode(queue, done)).toBe(mode);
  });
});

describe('candidateOf', () => {
  const event = JSON.parse(finishedLine({ id: 'T-1', attempt: 2, workspace: '/w', base: 'b', head: 'h' }));

  it('is the work of an agent that ended well and left commits', () => {
    expect(candidateOf(event)).toEqual({ taskId: 'T-1', attempt: 2, workspacePath: '/w', title: 'Task T-1' });
  });

  it.each([
    { exit_code: 1 },
    { exit_code: null, signal: 'SIGKILL' },
    { reason: 'timeout' },
    { commits: 0 },
    { code: 'agent_failed' },
    { type: 'agent.started' },
  ])('is nothing after %j', (fields) => {
    expect(candidateOf({ ...event, ...fields })).toBeUndefined();
  });
});

describe('commandLine', () => {
  it('quotes what a shell would take apart', () => {
    expect(commandLine(['cd', '/a b', "it's", 'x=1', '$HOME', ''])).toBe(`cd '/a b' 'it'\\''s' x=1 '$HOME' ''`);
  });
});
