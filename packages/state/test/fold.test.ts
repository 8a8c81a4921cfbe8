import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { LIFECYCLES, type Lifecycle } from '@ralph/protocol/contract/lifecycle';
import { fold } from '../src/records/fold.ts';
import { RULES, type RecordEvent } from '../src/records/lifecycle-rules.ts';
import { emptyState } from '../src/store/state-document.ts';
import {
  agentFinished,
  agentStarted,
  AT,
  BASE,
  HEAD,
  integrateStarted,
  MAKERS,
  taskBlocked,
  taskCompleted,
  taskFailed,
  taskPublished,
  workSalvaged,
  workspaceReady,
} from './support/events.ts';
import { anyEventMayComeTwice, anySplitGivesTheSameFile, anyStreamKeepsTheRules } from './support/fold-properties.ts';
import { folded, onlyRecord } from './support/folded.ts';

const TYPES = Object.keys(MAKERS) as RecordEvent['type'][];

/** The shortest way to each lifecycle. */
const WAY_TO: Readonly<Record<Lifecycle, readonly AnyEvent[]>> = {
  running: [agentStarted()],
  integrating: [agentStarted(), agentFinished(), integrateStarted()],
  completed: [agentStarted(), agentFinished(), integrateStarted(), taskCompleted()],
  failed: [agentStarted(), taskFailed()],
  blocked_push: [agentStarted(), agentFinished(), integrateStarted(), taskBlocked()],
};

it.each([
  ['was cancelled', { reason: 'cancelled', exit_code: null, signal: 'SIGINT' }],
  ['was ended at its time limit', { reason: 'timeout', exit_code: null, signal: 'SIGKILL' }],
  ['failed', { reason: 'exited', exit_code: 3 }],
] as const)('the commits of an agent that %s are not work that waits for its integration', (_what, fields) => {
  const { head_commit: head } = onlyRecord(folded([agentStarted(), agentFinished(fields)]));
  expect(head).toBeUndefined();
  expect(onlyRecord(folded([agentStarted(), agentFinished()])).head_commit).toBe(HEAD);
});

/** What each event makes of each lifecycle: `-` is refused, `=` changes nothing. Written out apart from the code. */
const EXPECTED: Readonly<Record<RecordEvent['type'], Readonly<Record<Lifecycle, string>>>> = {
  'workspace.ready': { running: 'running', integrating: '-', completed: '-', failed: '-', blocked_push: '-' },
  'agent.started': { running: 'running', integrating: '-', completed: '-', failed: '-', blocked_push: '-' },
  'agent.finished': { running: 'running', integrating: '-', completed: '-', failed: '-', blocked_push: '-' },
  'work.salvaged': {
    running: 'running',
    integrating: 'integrating',
    completed: 'completed',
    failed: 'failed',
    blocked_push: 'blocked_push',
  },
  'integrate.started': {
    running: 'integrating',
    integrating: '=',
    completed: '=',
    failed: 'integrating',
    blocked_push: 'integrating',
  },
  'task.completed': {
    running: 'completed',
    integrating: 'completed',
    completed: '=',
    failed: '-',
    blocked_push: '-',
  },
  'task.published': {
    running: 'blocked_push',
    integrating: 'blocked_push',
    completed: '-',
    failed: 'blocked_push',
    blocked_push: 'blocked_push',
  },
  'task.blocked': {
    running: 'blocked_push',
    integrating: 'blocked_push',
    completed: '-',
    failed: 'blocked_push',
    blocked_push: 'blocked_push',
  },
  'task.failed': {
    running: 'failed',
    integrating: 'failed',
    completed: '-',
    failed: 'failed',
    blocked_push: 'failed',
  },
};

/** The event, saying something that no earlier one has said. */
function news(type: RecordEvent['type']): RecordEvent {
  const event = MAKERS[type]({ at: '2026-01-02T00:00:00.000Z' });
  if ('base_commit' in event) return { ...event, base_commit: 'c'.repeat(40) };
  return event;
}

describe('fold: which lifecycle may follow which', () => {
  const pairs = TYPES.flatMap((type) => LIFECYCLES.map((from) => ({ type, from, to: EXPECTED[type][from] })));

  it.each(pairs.filter(({ to }) => to === '-'))('$type is refused on $from, naming both', ({ type, from }) => {
    expect(fold(folded(WAY_TO[from]), news(type))).toEqual({
      kind: 'refused',
      code: 'illegal_transition',
      message: expect.stringMatching(new RegExp(`from ${from} to (?!${from})`)),
    });
  });

  it.each(pairs.filter(({ to }) => to !== '-'))('$type on $from: $to', ({ type, from, to }) => {
    expect(fold(folded(WAY_TO[from]), news(type))).toMatchObject({
      kind: 'folded',
      changed: to !== '=',
      state: { workers: [{ lifecycle: to === '=' ? from : to }] },
    });
  });

  it.each(TYPES)('%s without a record does not fail', (type) => {
    expect(fold(emptyState('main', ''), MAKERS[type]())).toMatchObject({ kind: 'folded' });
  });
});

describe('fold: what a record says', () => {
  it('tells the whole life of a task that lands', () => {
    const events = [workspaceReady(), agentStarted(), agentFinished(), integrateStarted(), taskCompleted()];
    expect(onlyRecord(folded(events))).toEqual({
      task_id: 'RQ-0001',
      workspace_path: '/w/RQ-0001',
      lifecycle: 'completed',
      started_at: AT,
      completed_at: AT,
      push_attempts: 2,
      title: 'Task',
      attempt: 1,
      identity: { pid: 7, start_time: '1', boot_id: 'x' },
      target_branch: 'main',
      base_commit: BASE,
      head_commit: HEAD,
      pushed_commit: HEAD,
      log_path: '/l/RQ-0001.1.log',
    });
  });

  it('keeps why and how often a task was blocked', () => {
    expect(onlyRecord(folded(WAY_TO.blocked_push))).toMatchObject({
      last_error: 'conflict in a.txt',
      error_code: 'conflict',
      push_attempts: 3,
      completed_at: AT,
    });
  });

  it('keeps what was published as blocked, with the branch that awaits its review, until it has landed', () => {
    const published = [...WAY_TO.integrating, taskPublished({ answer: 'https://forge.example/pull/7' })];
    expect(onlyRecord(folded(published))).toMatchObject({
      lifecycle: 'blocked_push',
      error_code: 'published',
      last_error: 'awaits review as branch ralph/RQ-0001 (https://forge.example/pull/7)',
      pushed_commit: HEAD,
      land_command: 'ralph-integrate one RQ-0001',
    });
    const merged = onlyRecord(folded([...published, integrateStarted(), taskCompleted()]));
    expect(merged).toMatchObject({ lifecycle: 'completed' });
    expect(merged).not.toHaveProperty('last_error');
  });

  it('forgets why a task was blocked once it has landed', () => {
    const record = onlyRecord(folded([...WAY_TO.blocked_push, integrateStarted(), taskCompleted()]));
    expect(record).not.toHaveProperty('last_error');
    expect(record).not.toHaveProperty('error_code');
  });

  it('keeps what a person types next, until work goes on', () => {
    const blocked = folded([integrateStarted(), taskBlocked({ land_command: 'land' })]);
    expect(onlyRecord(blocked)).toMatchObject({ next_command: 'git rebase', land_command: 'land' });
    const again = onlyRecord(folded([integrateStarted()], blocked));
    expect(again).not.toHaveProperty('next_command');
    expect(again).not.toHaveProperty('land_command');
    expect(onlyRecord(folded([taskFailed({ next_command: 'see' })])).next_command).toBe('see');
  });

  it('names no target branch where none is known, and keeps that of the attempt when the next is another', () => {
    expect(onlyRecord(folded([agentStarted()], emptyState('', '')))).not.toHaveProperty('target_branch');
    const moved = folded([agentFinished()], { ...folded([agentStarted()]), target_branch: 'other' });
    expect(onlyRecord(moved).target_branch).toBe('main');
    expect(onlyRecord(folded([agentStarted({ attempt: 2 })], moved)).target_branch).toBe('other');
  });

  it('takes a request for retry as answered when work goes on, or a new attempt begins', () => {
    const later = '2026-01-03T00:00:00.000Z';
    for (const event of [
      integrateStarted({ at: later }),
      taskFailed({ at: later }),
      taskBlocked({ at: later }),
      agentStarted({ attempt: 2 }),
    ]) {
      expect(onlyRecord(folded([event], requested()))).not.toHaveProperty('retry_requested_at');
    }
  });

  it('keeps a request for retry when the stream before it is applied again', () => {
    expect(folded(WAY_TO.blocked_push, requested())).toMatchObject({
      workers: [{ lifecycle: 'blocked_push', retry_requested_at: '2026-01-02T00:00:00.000Z' }],
    });
  });

  it('keeps where the work of a failed attempt was put', () => {
    const salvaged = folded([agentStarted(), workSalvaged(), taskFailed()]);
    expect(onlyRecord(salvaged).salvage_ref).toBe('refs/ralph/salvage/RQ-0001/1');
  });

  it('replaces the record of an earlier attempt in its place and leaves the others', () => {
    const three = ['RQ-0001', 'RQ-0002', 'RQ-0003'].map((task) => agentStarted({ task }));
    const state = folded([...three, taskFailed({ task: 'RQ-0002' }), agentStarted({ task: 'RQ-0002', attempt: 2 })]);
    expect(state.workers.map(({ task_id }) => task_id)).toEqual(['RQ-0001', 'RQ-0002', 'RQ-0003']);
    expect(state.workers[1]).toMatchObject({ attempt: 2, lifecycle: 'running' });
    expect(state.workers[1]).not.toHaveProperty('last_error');
  });

  it('leaves unknown fields of the file and of a record where they are', () => {
    const before = folded([agentStarted()]);
    const marked = { ...before, theirs: 1, workers: before.workers.map((record) => ({ ...record, mine: [2] })) };
    const after = folded([agentFinished()], marked);
    expect(after).toMatchObject({ theirs: 1, workers: [{ mine: [2], head_commit: HEAD }] });
  });
});

/** A blocked record that a person has asked to be run again. */
function requested(): ReturnType<typeof emptyState> {
  const state = folded(WAY_TO.blocked_push);
  const workers = state.workers.map((record) => ({ ...record, retry_requested_at: '2026-01-02T00:00:00.000Z' }));
  return { ...state, workers };
}

describe('fold: fencing', () => {
  it.each(TYPES)('%s of an earlier attempt changes nothing', (type) => {
    const state = folded([agentStarted({ attempt: 3 })]);
    expect(fold(state, MAKERS[type]({ attempt: 2 }))).toMatchObject({ kind: 'refused', code: 'fenced' });
  });

  it('takes over a record of ralph-agent-loop, which has no attempt', () => {
    const foreign = {
      task_id: 'RQ-0001',
      workspace_path: '/w',
      lifecycle: 'running',
      started_at: AT,
      push_attempts: 0,
    };
    const state = { ...emptyState('main', ''), workers: [{ ...foreign, lifecycle: 'running' as const }] };
    expect(onlyRecord(folded([agentStarted()], state)).attempt).toBe(1);
  });
});

describe('fold: any stream', () => {
  it('gives the same file however it is cut into batches', async () => {
    await expect(anySplitGivesTheSameFile(300)).resolves.toBeUndefined();
  });

  it('says nothing new when an event comes twice in a row', () => {
    expect(() => anyEventMayComeTwice(300)).not.toThrow();
  });

  it('never has two records of one task, never goes back to an earlier attempt, never takes back what has landed', () => {
    expect(() => anyStreamKeepsTheRules(300)).not.toThrow();
  });

  it('has a rule for every event on every lifecycle', () => {
    for (const type of TYPES) expect(Object.keys(RULES[type]).toSorted()).toEqual([...LIFECYCLES].toSorted());
  });
});
