import { describe, expect, it } from 'vitest';
import { Failure } from '@ralph/protocol/contract/failure';
import { endedWell, failureOf, judge, type JudgedEnd, type Verdict } from '../src/run/judge.ts';

const well: JudgedEnd = {
  exitCode: 0,
  signal: null,
  cause: 'exited',
  isRequested: false,
  missing: undefined,
  cutShort: undefined,
  isBroken: false,
  limit: undefined,
};
const work = { commits: 1, unfinished: undefined, secrets: [] };

describe('judge', () => {
  it('calls work ready when the agent ended with 0 and left commits', () => {
    expect(judge(well, work)).toEqual({ kind: 'ready' });
    expect(endedWell(well)).toBe(true);
  });

  it('does not call an agent that did nothing a success', () => {
    expect(judge(well, { ...work, commits: 0 })).toEqual({ kind: 'no_changes' });
  });

  it('takes the words of a limit for one only where the agent failed or did nothing', () => {
    const limit = { retryAfterS: 7 };
    const said = { ...well, limit };
    expect(judge({ ...said, exitCode: 1 }, work)).toEqual({ kind: 'limited', limit });
    expect(judge(said, { ...work, commits: 0 })).toEqual({ kind: 'limited', limit });
    expect(judge(said, work)).toEqual({ kind: 'ready' });
    expect(judge({ ...said, cause: 'timeout' }, work)).toEqual({ kind: 'timeout' });
  });

  it('does not trust an agent that says it came to an error, whatever its status is', () => {
    const broken = { ...well, isBroken: true };
    expect([judge(broken, work), endedWell(broken)]).toEqual([{ kind: 'broken' }, false]);
    expect(judge({ ...broken, limit: {} }, work)).toEqual({ kind: 'limited', limit: {} });
    expect(judge({ ...broken, exitCode: 1 }, work)).toEqual({ kind: 'failed', exitCode: 1 });
    expect(failureOf({ kind: 'broken' }, '400 no such model')).toEqual({
      code: 'agent_failed',
      reason: 'agent ended with status 0, but on an error of its own: 400 no such model',
    });
  });

  it('does not hand on work whose next part could not be started', () => {
    const failure = new Failure('agent_spawn_failed', 'cannot start the agent: EISDIR');
    const verdict = judge({ ...well, cutShort: failure }, work);
    expect(failureOf(verdict, 'all done')).toEqual({ code: 'agent_spawn_failed', reason: failure.message });
  });

  it('does not hand on a workspace in the middle of something, commits or not', () => {
    expect(judge(well, { ...work, unfinished: 'a rebase in progress' }).kind).toBe('unfinished');
  });

  it('does not hand on commits that add secrets', () => {
    expect(judge(well, { ...work, secrets: ['.env'] })).toEqual({ kind: 'secrets', files: ['.env'] });
  });

  it('does not trust the commits of an agent that failed', () => {
    expect(judge({ ...well, exitCode: 3 }, work)).toEqual({ kind: 'failed', exitCode: 3 });
    expect(judge({ ...well, exitCode: null, signal: 'SIGKILL' }, work)).toEqual({
      kind: 'signalled',
      signal: 'SIGKILL',
    });
  });

  it.each(['timeout', 'idle_timeout', 'cancelled'] as const)(
    'takes an agent that we ended for %s as such, whatever its status was',
    (cause) => {
      expect(judge({ ...well, cause }, work)).toEqual({ kind: cause });
      expect(endedWell({ ...well, cause })).toBe(false);
    },
  );
});

describe('failureOf', () => {
  const verdicts: [Verdict, string, string][] = [
    [{ kind: 'no_changes' }, 'no_changes', 'no changes'],
    [{ kind: 'limited', limit: {} }, 'rate_limited', 'a limit of its provider: out of tokens'],
    [{ kind: 'failed', exitCode: 3 }, 'agent_failed', 'status 3: out of tokens'],
    [{ kind: 'signalled', signal: 'SIGKILL' }, 'agent_signalled', 'SIGKILL: out of tokens'],
    [{ kind: 'timeout' }, 'agent_timeout', 'time limit'],
    [{ kind: 'idle_timeout' }, 'agent_idle_timeout', 'printed nothing for too long: out of tokens'],
    [{ kind: 'cancelled' }, 'cancelled', 'the run was stopped'],
    [{ kind: 'unfinished', what: 'a merge in progress' }, 'agent_failed', 'a merge in progress'],
    [
      { kind: 'secrets', files: ['.env', 'a', 'b', 'c', 'd'] },
      'secrets_committed',
      'committed .env, a, b and 2 more: ',
    ],
  ];

  it.each(verdicts)('names what went wrong: %j', (verdict, code, words) => {
    const failure = failureOf(verdict, 'out of tokens');
    expect(failure?.code).toBe(code);
    expect(failure?.reason).toContain(words);
  });

  it('is silent about ready work', () => {
    expect(failureOf({ kind: 'ready' }, '')).toBeUndefined();
  });
});
