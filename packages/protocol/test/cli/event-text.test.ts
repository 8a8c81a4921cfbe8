import { describe, expect, it } from 'vitest';
import { eventText } from '../../src/cli/event-text.ts';
import { EVENTS, type AnyEvent, type EventType } from '../../src/contract/events.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const holder = { pid: 1, started: '', prompt: '' };
const agentEnd = { reason: 'exited', exit_code: 0, signal: null, commits: 1 };

/** An example of every event with what a person reads of it; nothing for those that only machines need. */
const EXAMPLES: Record<EventType, [fields: object, words: string | undefined]> = {
  'run.started': [
    { run_id: 'r1', workers: 4, target_branch: 'main' },
    'run r1: at most 4 side by side, landing on main',
  ],
  'run.finished': [
    { outcome: 'partial', landed: ['A'], failed: ['B', 'C'], blocked: [] },
    'run ended: partial (1 landed, 2 failed, 0 blocked)',
  ],
  'run.stopping': [{ reason: 'somebody asked' }, 'nothing new is started: somebody asked'],
  'run.paused': [{ retry_after: 30, reason: 'a limit' }, 'no agent is started for 30 s: a limit'],
  'lock.acquired': [{ path: '/x.lock', holder }, 'holding /x.lock'],
  'lock.busy': [{ path: '/x.lock', holder }, 'busy: /x.lock'],
  'lock.released': [{ path: '/x.lock' }, 'released /x.lock'],
  'lock.lost': [{ path: '/x.lock', reason: 'gone' }, 'lost /x.lock: gone'],
  task: [{ task: { id: 'A', title: 'a' } }, undefined],
  'task.selected': [{ how: 'adopt' }, 'its finished work is taken up'],
  'task.receipt': [{ result: 'landed', receipt: {} }, undefined],
  'task.recovered': [{ action: 'waited_for', reason: 'it ended' }, 'waited for: it ended'],
  'workspace.ready': [{ duration_ms: 12 }, 'workspace ready in 12 ms'],
  'workspace.removed': [{}, undefined],
  'agent.started': [{ pid: 7, title: 'Mend it' }, 'agent started (pid 7): Mend it'],
  'agent.progress': [{ bytes: 1, last_line: 'x' }, undefined],
  'agent.finished': [agentEnd, 'agent ended: status 0, 1 commit'],
  'work.salvaged': [{ ref: 'refs/x' }, 'work kept as refs/x'],
  'integrate.started': [{}, undefined],
  'rebase.done': [{}, undefined],
  'rebase.conflicted': [{ files: ['a', 'b'] }, 'conflict in a, b'],
  'ci.started': [{ gate: 'lint', with: ['A', 'B'] }, 'gate lint running, also for A, B'],
  'ci.passed': [{ duration_ms: 5, cached: true }, 'gate passed in 5 ms (known)'],
  'ci.failed': [{ exit_code: 3, signal: null, timed_out: false }, 'gate failed (status 3)'],
  'remediation.started': [{ remedy: 2, code: 'conflict' }, 'resolver at work (try 2): conflict'],
  'remediation.finished': [{ remedy: 2, result: 'failed', reason: 'status 1' }, 'resolver ended: failed: status 1'],
  'push.rejected': [{ verdict: 'race' }, 'push rejected: race'],
  'task.skipped': [{ reason: 'claimed elsewhere' }, 'not started: claimed elsewhere'],
  'task.completed': [{ commit }, 'landed as 0123456789'],
  'task.published': [{ branch: 'ralph/A' }, 'published as ralph/A'],
  'task.blocked': [{ reason: 'conflict' }, 'blocked: conflict'],
  'task.failed': [{ reason: 'red' }, 'failed: red'],
  'watch.started': [{ path: '/s.json', records: 1 }, 'watching /s.json: 1 record'],
  'record.changed': [{ before: 'running', lifecycle: 'integrating', record: {} }, 'running -> integrating'],
  'record.removed': [{ before: 'failed' }, 'failed -> no record'],
  'state.retargeted': [{ before: '', target_branch: 'main' }, 'target branch: none -> main'],
};

function text(type: string, fields: object): string | undefined {
  return eventText({ v: 1, type, at: '2026-01-01T00:00:00.000Z', ...fields } as AnyEvent)?.slice(10);
}

describe('eventText', () => {
  it('has an example here for every event', () => {
    expect(Object.keys(EXAMPLES).toSorted()).toEqual(Object.keys(EVENTS).toSorted());
  });

  it.each(Object.entries(EXAMPLES))('says what a person wants to know of %s', (type, [fields, words]) => {
    expect(text(type, fields)).toBe(words);
  });

  it('names the task in front', () => {
    expect(text('task.failed', { task_id: 'RQ-1', reason: 'red' })).toBe('RQ-1       failed: red');
  });

  it.each([
    [{ ...agentEnd, exit_code: null, signal: 'SIGKILL', commits: 0 }, 'agent ended: SIGKILL, 0 commits'],
    [{ ...agentEnd, reason: 'idle_timeout', commits: 2 }, 'agent ended: idle timeout, 2 commits'],
  ])('says how an agent ended: %j', (fields, words) => {
    expect(text('agent.finished', fields)).toBe(words);
  });

  it.each([
    [{ before: null, lifecycle: 'running', record: {} }, 'running'],
    [{ before: null, lifecycle: 'failed', record: { last_error: 'red\nmore' } }, 'failed: red'],
    [{ before: 'running', lifecycle: 'failed', record: { last_error: 'red\nmore' } }, 'running -> failed: red'],
    [{ before: 'failed', lifecycle: 'failed', record: { last_error: 'red' } }, 'failed, more is known'],
  ])('says how a record changed: %j', (fields, words) => {
    expect(text('record.changed', fields)).toBe(words);
  });

  it('never lets the words of others move or colour the terminal', () => {
    expect(text('task.failed', { task_id: 'A', reason: 'x\u001b[2Jy\u009bz' })).toBe('A          failed: x [2Jy z');
  });

  it('says nothing of an event that a later version added', () => {
    expect(text('weather.changed', {})).toBeUndefined();
  });
});
