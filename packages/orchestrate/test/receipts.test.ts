import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { ReceiptKeeper } from '../src/record/receipt-keeper.ts';
import { addReceipts, NO_RECEIPT, tokensOf } from '../src/record/receipt-sum.ts';

const usage = fc.record(
  {
    input_tokens: fc.nat(1e6),
    output_tokens: fc.nat(1e6),
    cache_read_tokens: fc.nat(1e6),
    cost_usd: fc.nat(1e7).map((micros) => micros / 1e6),
  },
  { requiredKeys: [] },
);
const duration_ms = fc.nat(1e6);
const happening = fc.oneof(
  fc.record({ type: fc.constant('task.selected') }),
  fc.record({ type: fc.constant('agent.started') }),
  fc.record(
    { type: fc.constant('agent.finished'), commits: fc.nat(9), changed_files: fc.nat(9), duration_ms, usage },
    { requiredKeys: ['type', 'commits', 'changed_files', 'duration_ms'] },
  ),
  fc.record({ type: fc.constant('ci.passed'), cached: fc.boolean(), duration_ms }),
  fc.record({ type: fc.constant('ci.failed'), duration_ms }),
  fc.record({ type: fc.constant('remediation.finished'), duration_ms }),
  fc.record({ type: fc.constantFrom('task.failed', 'task.blocked', 'task.published', 'task.skipped') }),
  fc.record({ type: fc.constant('task.completed'), push_attempts: fc.nat(9) }),
);
const story = fc.array(fc.tuple(fc.nat(4), fc.nat(5000), happening), { maxLength: 60 });

function eventsOf(steps: readonly [number, number, object][]): AnyEvent[] {
  let now = 0;
  return steps.map(([task, pause, fields]) => {
    now += pause;
    return { v: 1, at: new Date(now).toISOString(), task_id: `T${task}`, attempt: 1, ...fields } as unknown as AnyEvent;
  });
}

function sum(receipts: readonly Receipt[]): Receipt {
  return receipts.reduce((total, receipt) => addReceipts(total, receipt), NO_RECEIPT);
}

describe('ReceiptKeeper', () => {
  it('tells receipts whose last ones add up to the totals of the run, whatever happens', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const keeper = new ReceiptKeeper('run-1');
        const told = new Map<string, Receipt>();
        for (const event of eventsOf(steps)) {
          const receipt = keeper.take(event);
          if (receipt !== undefined) told.set(receipt.task_id, receipt.receipt);
        }
        for (const receipt of keeper.close(new Date(1e9))) told.set(receipt.task_id, receipt.receipt);
        expect(sum([...told.values()])).toEqual(keeper.totals);
      }),
    );
  });

  it('counts time from the selection to the end, each time that a task is taken up', () => {
    const keeper = new ReceiptKeeper('run-1');
    const events = eventsOf([
      [1, 1000, { type: 'task.selected', title: 'one' }],
      [1, 500, { type: 'task.failed', code: 'agent_failed' }],
      [1, 9000, { type: 'task.selected', title: 'one' }],
      [1, 250, { type: 'task.completed', push_attempts: 2 }],
    ]);
    const told = events.flatMap((event) => keeper.take(event) ?? []);
    expect(told).toMatchObject([
      { task_id: 'T1', title: 'one', result: 'failed', receipt: { total_ms: 500 } },
      { task_id: 'T1', title: 'one', result: 'landed', receipt: { total_ms: 750, pushes: 2 } },
    ]);
    expect(keeper.close(new Date(1e9))).toEqual([]);
  });

  it('counts an agent of whose end nothing was told among those that said nothing', () => {
    const keeper = new ReceiptKeeper('run-1');
    const events = eventsOf([
      [1, 0, { type: 'agent.started' }],
      [1, 100, { type: 'task.failed', code: 'owner_gone' }],
      [2, 0, { type: 'agent.started' }],
      [2, 0, { type: 'agent.finished', commits: 0, changed_files: 0, duration_ms: 5, usage: { cost_usd: 1 } }],
      [2, 0, { type: 'task.failed', code: 'agent_failed' }],
    ]);
    const told = events.flatMap((event) => keeper.take(event) ?? []);
    expect(told.map(({ receipt }) => receipt.unreported)).toEqual([1, 0]);
    expect(keeper.totals).toMatchObject({ attempts: 2, unreported: 1, usage: { cost_usd: 1 } });
  });

  it('says at the end what a task has cost that is still at work', () => {
    const keeper = new ReceiptKeeper('run-1');
    const started: [number, number, object][] = [
      [1, 0, { type: 'task.selected' }],
      [1, 100, { type: 'agent.started' }],
    ];
    for (const event of eventsOf(started)) keeper.take(event);
    expect(keeper.close(new Date(700))).toMatchObject([
      { task_id: 'T1', result: 'unfinished', receipt: { attempts: 1, total_ms: 700 } },
    ]);
    expect(keeper.totals.total_ms).toBe(700);
  });
});

describe('tokensOf', () => {
  it('is the sum of all that were named', () => {
    expect(tokensOf({ cost_usd: 1 })).toBeUndefined();
    expect(tokensOf({ input_tokens: 1, cache_read_tokens: 5, unsplit_tokens: 10 })).toBe(16);
  });
});
