import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { modelWithLine, type Model } from '../src/view/model.ts';
import { ciText, phaseText, places } from '../src/view/row-text.ts';
import { agentsAtWork, eventOf, modelOf, READY, STARTED } from './support/sample-run.ts';

function phases(model: Model): string[] {
  return [...model.rows.values()].map((row) =>
    [row.id, phaseText(row, model.gates), ciText(row, model.gates), places(model.rows.values()).get(row.id)]
      .join(' ')
      .trim(),
  );
}

/** Returns what is shown of a task after each of its events. */
function course(started: AnyEvent, ...events: readonly [AnyEvent['type'], object?][]): string[] {
  return events.map(
    (_, index) =>
      phases(
        modelOf([
          started,
          ...events.slice(0, index + 1).map(([type, fields]) => eventOf(type, { task_id: 'A', ...fields })),
        ]),
      )[0] ?? 'gone',
  );
}

describe('what is seen of a task', () => {
  it('follows it from its selection to its landing, through two gates and a resolver', () => {
    const started = { ...STARTED, gates: 2 };
    expect(
      course(
        started,
        ['task.selected', { title: 'x', how: 'start' }],
        ['workspace.ready'],
        ['agent.started', { log_path: '/l' }],
        ['agent.finished', READY],
        ['integrate.started'],
        ['rebase.done'],
        ['ci.started', { gate: 'lint' }],
        ['ci.passed', { gate: 'lint', cached: false }],
        ['ci.started', { gate: 'test' }],
        ['ci.failed', { gate: 'test' }],
        ['remediation.started', { remedy: 2 }],
        ['remediation.finished', { result: 'resolved' }],
        ['rebase.conflicted'],
        ['rebase.done'],
        ['ci.passed', { gate: 'lint', cached: true }],
        ['ci.passed', { gate: 'test', cached: true }],
        ['push.rejected'],
        ['task.completed'],
      ),
    ).toEqual([
      'A preparing',
      'A preparing',
      'A agent',
      'A rebase  1',
      'A rebase  1',
      'A waiting for the gate  1',
      'A gate "lint" running 1/2 1',
      'A waiting for the gate passed 1/2 1',
      'A gate "test" running 2/2 1',
      'A waiting for the gate red: test 1',
      'A resolver (try 2) red: test',
      'A rebase  1',
      'A conflict',
      'A waiting for the gate  1',
      'A waiting for the gate known 1/2 1',
      'A push known 1',
      'A push known 1',
      'gone',
    ]);
  });

  it('tells gates side by side, and no gate where there is none', () => {
    expect(
      course(
        { ...STARTED, gates: 2 },
        ['integrate.started'],
        ['ci.started', { gate: 'a' }],
        ['ci.started', { gate: 'b' }],
        ['ci.passed', { gate: 'a', cached: false }],
        ['ci.passed', { gate: 'b', cached: false }],
      ),
    ).toEqual([
      'A rebase  1',
      'A gate "a" running 1/2 1',
      'A gate "a", "b" running 1/2 1',
      'A gate "b" running 2/2 1',
      'A push passed 1',
    ]);
    expect(course({ ...STARTED, gates: 0 }, ['integrate.started'], ['rebase.done'])).toEqual([
      'A rebase  1',
      'A push  1',
    ]);
  });

  it('shows those that a gate judges together at the gate, and counts places in the order in which they came', () => {
    const arrived = ['A', 'B', 'C'].flatMap((task_id) => [
      eventOf('task.selected', { task_id, how: 'adopt' }),
      eventOf('rebase.done', { task_id }),
    ]);
    const judged = modelOf([STARTED, ...arrived, eventOf('ci.started', { task_id: 'C', with: ['A', 'B'] })]);
    expect(phases(judged)).toEqual(['A gate running 1', 'B gate running 2', 'C gate running 3']);
    expect(phases(modelOf([eventOf('ci.passed', { task_id: 'C', cached: false })], judged))).toEqual([
      'A push passed 1',
      'B push passed 2',
      'C push passed 3',
    ]);
    expect(
      phases(
        modelOf(
          [eventOf('ci.failed', { task_id: 'C' }), eventOf('remediation.started', { task_id: 'C', remedy: 1 })],
          judged,
        ),
      ),
    ).toEqual(['A waiting for the gate  1', 'B waiting for the gate  2', 'C resolver red']);
  });

  it('is the end of an agent that has made nothing', () => {
    expect(course(STARTED, ['agent.started', { log_path: '' }], ['agent.finished', { ...READY, commits: 0 }])).toEqual([
      'A agent',
      'A agent ended',
    ]);
  });
});

describe('what is seen of a run', () => {
  it('counts each task by its last end, and takes one that is begun again as at work', () => {
    const ends = modelOf(
      [
        eventOf('task.completed', { task_id: 'RQ-0001' }),
        eventOf('task.failed', { task_id: 'RQ-0002', code: 'agent_failed' }),
        eventOf('task.blocked', { task_id: 'RQ-0003' }),
        eventOf('task.selected', { task_id: 'RQ-0003', how: 'adopt' }),
      ],
      agentsAtWork(4),
    );
    expect([...ends.ended]).toEqual([
      ['RQ-0001', 'landed'],
      ['RQ-0002', 'failed'],
    ]);
    expect([...ends.rows.keys()]).toEqual(['RQ-0004', 'RQ-0003']);
  });

  it('lets one that a rate limit turned away wait, until it was turned away too often', () => {
    const turned = eventOf('task.failed', { task_id: 'RQ-0001', code: 'rate_limited' });
    expect(
      modelOf(
        Array.from({ length: 4 }, () => turned),
        agentsAtWork(1),
      ).ended.size,
    ).toBe(0);
    expect(
      modelOf(
        Array.from({ length: 5 }, () => turned),
        agentsAtWork(1),
      ).ended.get('RQ-0001'),
    ).toBe('failed');
  });

  it('takes late news of an ended task for nothing, and adds up what agents say that they used', () => {
    const model = modelOf(
      [
        eventOf('agent.finished', { task_id: 'RQ-0001', ...READY, usage: { cost_usd: 0.1 } }),
        eventOf('remediation.finished', {
          task_id: 'RQ-0001',
          result: 'failed',
          usage: { cost_usd: 0.2, output_tokens: 5 },
        }),
        eventOf('task.completed', { task_id: 'RQ-0001' }),
        eventOf('agent.progress', { task_id: 'RQ-0001', bytes: 1, last_line: 'late' }),
        eventOf('workspace.removed', { task_id: 'RQ-0001' }),
      ],
      agentsAtWork(1),
    );
    expect(model.rows.size).toBe(0);
    expect(model.usage).toEqual({ cost_usd: 0.3, output_tokens: 5 });
  });

  it('keeps a line that was read elsewhere, and is the very same where that is known', () => {
    const model = agentsAtWork(1);
    expect(modelWithLine(model, 'RQ-0001', 'a line')).toBe(model);
    expect(modelWithLine(model, 'RQ-0009', 'x')).toBe(model);
    expect(modelWithLine(model, 'RQ-0001', 'new\u001b[1m').rows.get('RQ-0001')?.lastLine).toBe('new [1m');
  });

  it('forgets with each part of a task what the agent of the last one said, and whether that spoke', () => {
    const spoken = modelOf(
      [
        eventOf('agent.started', { task_id: 'RQ-0001', log_path: '/l', phase: 'plan' }),
        eventOf('agent.progress', { task_id: 'RQ-0001', activity: { kind: 'text', text: 'planned' } }),
      ],
      agentsAtWork(1),
    );
    expect(modelWithLine(spoken, 'RQ-0001', '{}').rows.get('RQ-0001')?.lastLine).toBe('planned');
    const next = modelOf(
      [eventOf('agent.started', { task_id: 'RQ-0001', log_path: '/l', phase: 'implement' })],
      spoken,
    );
    expect(next.rows.get('RQ-0001')?.lastLine).toBe('');
    expect(modelWithLine(next, 'RQ-0001', 'plain words').rows.get('RQ-0001')?.lastLine).toBe('plain words');
  });

  it('begins anew with another run', () => {
    expect(modelOf([STARTED], agentsAtWork(3)).rows.size).toBe(0);
  });
});
