import { describe, expect, it } from 'vitest';
import type { Lifecycle } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { verdictOn, type Sight, type Verdict } from '../src/wait/verdict.ts';
import { hopeless, timeIsUp, type Waited } from '../src/wait/wait-failure.ts';

function record(lifecycle: Lifecycle, fields: Partial<WorkerRecord> = {}): WorkerRecord {
  return { task_id: 'A', workspace_path: '', lifecycle, started_at: '', push_attempts: 0, ...fields };
}

function verdicts(sight: Partial<Sight>): [landed: Verdict, terminal: Verdict] {
  const whole = { record: undefined, lost: false, queued: undefined, done: undefined, ...sight };
  return [verdictOn(whole, 'landed'), verdictOn(whole, 'terminal')];
}

const again = { retry_requested_at: '2026-01-01T00:00:00.000Z' };

describe('verdictOn, for landed and for terminal', () => {
  it.each<[string, Partial<Sight>, [Verdict, Verdict]]>([
    ['running', { record: record('running') }, ['waiting', 'waiting']],
    ['integrating', { record: record('integrating') }, ['waiting', 'waiting']],
    ['running, its process gone', { record: record('running'), lost: true }, ['lost', 'lost']],
    ['integrating, its process gone', { record: record('integrating'), lost: true }, ['lost', 'lost']],
    ['completed', { record: record('completed') }, ['reached', 'reached']],
    ['completed, to be tried again', { record: record('completed', again) }, ['reached', 'reached']],
    ['failed', { record: record('failed') }, ['failed', 'reached']],
    ['failed, to be tried again', { record: record('failed', again) }, ['waiting', 'waiting']],
    ['blocked', { record: record('blocked_push') }, ['blocked', 'reached']],
    ['blocked, to be tried again', { record: record('blocked_push', again) }, ['waiting', 'waiting']],
    ['running, whatever the done file says', { record: record('running'), done: 'done' }, ['waiting', 'waiting']],
    ['only in the done file', { done: 'done' }, ['reached', 'reached']],
    ['rejected in the done file', { done: 'rejected' }, ['rejected', 'reached']],
    [
      'rejected in the done file, another open in the queue',
      { done: 'rejected', queued: 'todo' },
      ['waiting', 'waiting'],
    ],
    ['done, and still in the queue', { done: 'done', queued: 'todo' }, ['reached', 'reached']],
    ['done in the queue', { queued: 'done' }, ['reached', 'reached']],
    ['rejected in the queue', { queued: 'rejected' }, ['rejected', 'reached']],
    ['only in the queue', { queued: 'todo' }, ['waiting', 'waiting']],
    ['a draft', { queued: 'draft' }, ['waiting', 'waiting']],
    ['known to nobody', {}, ['unknown', 'unknown']],
  ])('%s', (_title, sight, expected) => {
    expect(verdicts(sight)).toEqual(expected);
  });
});

function waited(id: string, verdict: Verdict, fields: Partial<WorkerRecord> = {}): Waited {
  const sight = {
    record: record('failed', { task_id: id, ...fields }),
    lost: false,
    queued: undefined,
    done: undefined,
  };
  return { id, verdict, sight };
}

describe('hopeless', () => {
  it('is nothing as long as all may come true', () => {
    expect(hopeless([waited('A', 'waiting'), waited('B', 'reached')], '/s')).toBeUndefined();
  });

  it.each<[Verdict[], string, number]>([
    [['waiting', 'blocked'], 'task_blocked', 3],
    [['blocked', 'failed'], 'task_failed', 1],
    [['blocked', 'lost'], 'task_failed', 1],
    [['blocked', 'rejected'], 'task_failed', 1],
    [['failed', 'unknown'], 'record_not_found', 6],
  ])('of %j is %s', (all, code, exit) => {
    const failure = hopeless(
      all.map((verdict, index) => waited(`T${index}`, verdict)),
      '/s',
    );
    expect(failure?.toRecord()).toMatchObject({ code, exit, task_id: 'T1' });
  });

  it('names the task, the first line of what happened, and the next command', () => {
    const failure = hopeless([waited('A', 'failed', { last_error: 'red\nmore', attempt: 2 })], '/s');
    expect(failure?.toRecord()).toMatchObject({
      message: 'A has failed: red',
      task_id: 'A',
      attempt: 2,
      hint: expect.stringContaining('ralph-state get A'),
    });
  });
});

describe('timeIsUp', () => {
  it('names what it waited for, but not without end', () => {
    const many = Array.from({ length: 7 }, (_, index) => waited(`T${index}`, 'waiting', { lifecycle: 'running' }));
    expect(timeIsUp(many, 2).toRecord()).toMatchObject({
      exit: 124,
      message: 'not within 2 s: T0 is running, T1 is running, T2 is running, T3 is running, T4 is running, 2 more',
      details: { waiting: ['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6'] },
    });
    expect(timeIsUp([waited('A', 'waiting', again)], 0).message).toBe('not yet: A is to be tried again');
  });
});
