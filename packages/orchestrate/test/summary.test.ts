import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { foldResult, idsWith, type Results } from '../src/run/results.ts';
import { costWords } from '../src/end/cost-words.ts';
import { NO_RECEIPT } from '../src/record/receipt-sum.ts';
import { summaryText } from '../src/end/summary-text.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const commit = 'c'.repeat(40);

function fold(...events: readonly object[]): Results {
  return events.reduce<Results>((results, event) => foldResult(results, event as AnyEvent), new Map());
}

const landed = [
  { type: 'workspace.ready', at: at(0), task_id: 'A', attempt: 1 },
  { type: 'agent.started', at: at(1), task_id: 'A', attempt: 1, title: 'Do A' },
  { type: 'integrate.started', at: at(2), task_id: 'A', attempt: 1 },
  { type: 'task.completed', at: at(3), task_id: 'A', attempt: 1, commit },
];
const blocked = [
  { type: 'workspace.ready', at: at(0), task_id: 'B', attempt: 2 },
  {
    type: 'task.blocked',
    at: at(5),
    task_id: 'B',
    attempt: 2,
    reason: 'conflict in x',
    code: 'conflict',
    next_command: 'cd w',
    land_command: 'land B',
  },
];

const END = { stopReason: undefined, totals: NO_RECEIPT, again: 'ralph-orchestrate run -- agent' };

describe('the summary of a run', () => {
  it('names each task with result, commit, time and attempt, and the next command for what did not land', () => {
    expect(
      summaryText({
        outcome: 'partial',
        results: fold(...landed, ...blocked),
        waiting: '1 for another task',
        ...END,
      }),
    ).toBe(
      [
        'TASK  RESULT   COMMIT      TIME   ATTEMPT  TITLE OR REASON',
        'A     landed   cccccccccc  3.0 s  1        Do A',
        'B     blocked  -           5.0 s  2        conflict in x',
        '',
        'B: next: cd w',
        '   then: land B',
        '',
        'partial: 1 landed, 1 blocked, 0 failed; waiting: 1 for another task',
        '',
      ].join('\n'),
    );
  });

  it('shows below a task what was printed last by what it failed of, and how to see all of it', () => {
    const lines = Array.from({ length: 7 }, (_, number) => `line ${number}\u001b[31m`);
    const logs = 'ralph-worker logs A --attempt 1';
    const told = { at: at(3), attempt: 1, reason: 'status 3', last_lines: lines };
    const failed = {
      ...told,
      type: 'task.failed',
      task_id: 'A',
      code: 'agent_failed',
      next_command: logs,
      log_path: '/l/A',
    };
    const red = {
      ...told,
      type: 'task.blocked',
      task_id: 'B',
      code: 'ci_failed',
      next_command: 'cd w',
      land_command: 'land B',
    };
    const results = fold(...landed.slice(0, 2), failed, {
      ...red,
      log_path: '/l/B.ci.log',
      last_lines: ['x'.repeat(300)],
    });
    const text = summaryText({ outcome: 'partial', results, waiting: '', ...END });
    expect(text).toContain(
      [
        `A: next: ${logs}`,
        `   last lines of its log:`,
        ...[2, 3, 4, 5, 6].map((number) => `     line ${number} [31m`),
        '',
        'B: next: cd w',
        '   then: land B',
        '   last lines of its log (all: less /l/B.ci.log):',
        `     ${'x'.repeat(200)}`,
        '',
      ].join('\n'),
    );
    expect(summaryText({ outcome: 'partial', results: fold(...blocked), waiting: '', ...END })).not.toContain(
      'last lines',
    );
  });

  it('says where work awaits its review, and what finds it once it is merged', () => {
    const published = [
      { type: 'workspace.ready', at: at(0), task_id: 'P', attempt: 1 },
      {
        type: 'task.published',
        at: at(1),
        task_id: 'P',
        attempt: 1,
        commit,
        branch: 'ralph/P',
        answer: 'https://forge.example/pull/7',
        land_command: 'find P',
      },
    ];
    const results = fold(...landed, ...published);
    expect(idsWith(results, 'published')).toEqual(['P']);
    const text = summaryText({ outcome: 'completed', results, waiting: '', ...END });
    expect(text).toMatch(
      /^P +published +cccccccccc .* awaits review as ralph\/P \(https:\/\/forge\.example\/pull\/7\)$/m,
    );
    expect(text).toContain('P: once it is merged: find P\n');
    expect(text).toContain('completed: 1 landed, 1 published, 0 blocked, 0 failed');
  });

  it('says that the next run goes on with what was interrupted on its way', () => {
    const ready = { reason: 'exited', exit_code: 0, commits: 1, workspace_path: '/w/A' };
    const results = fold(...landed.slice(0, 2), {
      type: 'agent.finished',
      at: at(2),
      task_id: 'A',
      attempt: 1,
      ...ready,
    });
    const text = summaryText({ outcome: 'interrupted', results, waiting: '', ...END });
    expect(text).toContain('A: its work is kept; to go on: ralph-orchestrate run -- agent\n');
  });

  it('tells of a task that was taken up again what became of it the last time', () => {
    const limited = { type: 'task.failed', at: at(3), task_id: 'A', attempt: 1, code: 'rate_limited', reason: '429' };
    const chosen = { type: 'task.selected', at: at(9), task_id: 'A', attempt: 2, title: 'Do A', how: 'start' };
    const waiting = fold(...landed.slice(0, 2), limited);
    expect(summaryText({ outcome: 'limit', results: waiting, waiting: '', ...END })).toContain(
      'A: next: ralph-orchestrate run -- agent\n',
    );
    const again = { ...landed[3], at: at(10), attempt: 2 };
    const results = fold(...landed.slice(0, 2), limited, chosen, again);
    expect([...results.values()]).toMatchObject([{ id: 'A', result: 'landed', attempt: 2, reason: undefined }]);
  });

  it('leaves out what was chosen and never begun', () => {
    const results = fold({ type: 'task.selected', at: at(9), task_id: 'A', title: 'Do A', how: 'start' });
    expect(summaryText({ outcome: 'interrupted', results, waiting: '', ...END })).not.toContain('Do A');
  });

  it('says what to do about an empty queue', () => {
    expect(summaryText({ outcome: 'no_candidates', results: new Map(), waiting: '', ...END })).toContain(
      'ralph-state task add',
    );
  });

  it('lists ids by result', () => {
    const results = fold(...landed, ...blocked);
    expect([idsWith(results, 'landed'), idsWith(results, 'blocked'), idsWith(results, 'failed')]).toEqual([
      ['A'],
      ['B'],
      [],
    ]);
  });
});

describe('what a run has cost', () => {
  const totals = { ...NO_RECEIPT, attempts: 2, agent_ms: 65_000, gates: 1, gate_ms: 400 };

  it('is told in a line, and only what the agents have said of tokens and money', () => {
    expect(costWords(totals)).toBe('cost: 2 agents (1 m 05 s), 1 gate run (0.4 s)');
    const usage = { input_tokens: 1200, cost_usd: 0.5 };
    expect(costWords({ ...totals, usage })).toBe('cost: 2 agents (1 m 05 s), 1 gate run (0.4 s), 1.2k tokens, $0.50');
    expect(costWords({ ...totals, usage, unreported: 1 })).toContain('1.2k+ tokens, $0.50+ (1 of them did not say)');
    expect(costWords(NO_RECEIPT)).toBe('');
  });

  it('stands above the last line', () => {
    const text = summaryText({ outcome: 'completed', results: fold(...landed), waiting: '', ...END, totals });
    expect(text.trimEnd().split('\n').slice(-2)).toEqual([
      'cost: 2 agents (1 m 05 s), 1 gate run (0.4 s)',
      expect.stringContaining('completed: 1 landed'),
    ]);
  });
});
