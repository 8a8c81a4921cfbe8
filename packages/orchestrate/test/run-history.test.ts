import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { lastRuns, oneRun } from '../src/history/past-runs.ts';
import { isSince, type AskRunning } from '../src/history/run-in-progress.ts';
import { runRow } from '../src/history/run-row.ts';
import { runsText, runText } from '../src/history/history-text.ts';
import { taskRows } from '../src/history/task-row.ts';
import { addReceipts, NO_RECEIPT } from '../src/record/receipt-sum.ts';
import { RunFold } from '../src/record/run-fold.ts';
import { RunLog } from '../src/record/run-log.ts';
import { sumOf, type RunStory } from '../src/record/run-story.ts';
import { sameReceipt } from '../src/report/task-table-part.ts';
import { idOf, toldRun, type RunShape } from './support/told-run.ts';

const DAY = 86_400_000;
const begins = [0, 1, 2].map((day) => Date.UTC(2026, 2, 1 + day, 8));

const lines = (events: readonly AnyEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** Writes a log whose parts have these contents, the oldest first. */
function logOf(...parts: readonly string[]): string {
  const path = join(temporaryFolder(), 'logs/events.ndjson');
  mkdirSync(dirname(path));
  for (const [n, text] of parts.toReversed().entries())
    writeFileSync(n === 0 ? path : path.replace('.ndjson', `.${n}.ndjson`), text);
  return path;
}

const never: AskRunning = () => Promise.resolve(false);

async function rowsOf(path: string, limit = 9, ask = never) {
  const log = await RunLog.open(path);
  const runs = await lastRuns(log, limit, ask);
  await log.close();
  return { rows: runs.map(({ story, isRunning }) => runRow(story, isRunning)), broken: log.broken };
}

async function find(path: string, wanted: string): Promise<RunStory> {
  const log = await RunLog.open(path);
  try {
    return (await oneRun(log, wanted, never)).story;
  } finally {
    await log.close();
  }
}

function fold(events: readonly AnyEvent[]): RunStory {
  const folded = new RunFold();
  for (const event of events) folded.take(event);
  return folded.story();
}

const shapes: fc.Arbitrary<RunShape> = fc.record({
  tasks: fc.integer({ min: 0, max: 40 }),
  workers: fc.integer({ min: 1, max: 6 }),
  agentMs: fc.integer({ min: 500, max: DAY }),
  isKilled: fc.boolean(),
  usage: fc.boolean(),
});

describe('RunFold', () => {
  it('adds up to the same receipts with and without those that the run has told', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const events = toldRun(shape);
        const [withTold, without] = [fold(events), fold(events.filter(({ type }) => type !== 'task.receipt'))];
        expect(withTold.tasks.map(({ receipt }) => receipt)).toEqual(without.tasks.map(({ receipt }) => receipt));
        const totals = withTold.finished?.totals ?? sumOf(withTold.tasks);
        expect(sameReceipt(totals, sumOf(withTold.tasks))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('believes what the run has told where events are missing', () => {
    const events = toldRun({ tasks: 3, usage: true });
    const left = events.filter(({ type, task_id: id }) => type !== 'agent.finished' || id !== 'RQ-0001');
    expect(fold(left).tasks[0]?.receipt).toEqual(fold(events).tasks[0]?.receipt);
  });

  it('cuts the time of each task into stretches without a gap, that last as long as its receipt says', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        for (const { stretches, receipt, begin } of fold(toldRun(shape)).tasks) {
          const ends = stretches.map(({ to }) => to);
          expect(stretches.map(({ from }) => from)).toEqual(
            stretches.length === 0 ? [] : [begin, ...ends.slice(0, -1)],
          );
          const lasted = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
          // A landing may be told a millisecond after the receipt was made of it.
          expect(Math.abs(lasted - receipt.total_ms)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('says for how long a gate was run that judged several, and that a push whose base has moved on was waited for', () => {
    const at = (seconds: number) => new Date(seconds * 1000).toISOString();
    const [one, two] = [
      { task_id: 'A', attempt: 1 },
      { task_id: 'B', attempt: 1 },
    ];
    const tree = 'a'.repeat(40);
    const events = [
      ...[one, two].map((of) => ({ type: 'task.selected', at: at(0), ...of, how: 'adopt' })),
      ...[one, two].map((of) => ({ type: 'integrate.started', at: at(1), ...of, base: 'main' })),
      ...[one, two].map((of) => ({ type: 'rebase.done', at: at(2), ...of, commit: tree, base_commit: tree })),
      { type: 'ci.started', at: at(5), ...two, command: 'ci', tree, with: ['A'] },
      { type: 'ci.passed', at: at(15), ...two, tree, cached: false, duration_ms: 10_000 },
      { type: 'rebase.done', at: at(18), ...one, commit: tree, base_commit: tree },
      { type: 'task.completed', at: at(20), ...one, commit: tree, push_attempts: 1, ci_runs: 0, workspace_path: '/w' },
      { type: 'task.completed', at: at(21), ...two, commit: tree, push_attempts: 1, ci_runs: 1, workspace_path: '/w' },
    ];
    const story = fold(events as unknown as AnyEvent[]);
    const parts = story.tasks.map(({ stretches }) =>
      stretches.map(({ part, from, to }) => [part, from / 1000, to / 1000]),
    );
    expect(parts).toEqual([
      [
        ['hand_over', 0, 1],
        ['rebase', 1, 2],
        ['gate_wait', 2, 5],
        ['gate', 5, 15],
        ['turn', 15, 18],
        ['push', 18, 20],
      ],
      [
        ['hand_over', 0, 1],
        ['rebase', 1, 2],
        ['gate_wait', 2, 5],
        ['gate', 5, 15],
        ['push', 15, 21],
      ],
    ]);
  });
});

describe('the runs of a log', () => {
  const [first, second, third] = begins.map((begin, n) => toldRun({ begin, tasks: 4 + n, isKilled: n === 2 }));

  it('are listed with the newest first, over all parts of the log, those before the limit left out', async () => {
    const all = lines([...(first ?? []), ...(second ?? []), ...(third ?? [])]).split('\n');
    const cut = (from: number, to?: number) => `${all.slice(from, to).join('\n')}\n`;
    const path = logOf(cut(0, 30), cut(30, 77), cut(77).trimEnd().concat('\n'));
    const { rows, broken } = await rowsOf(path);
    expect(rows.map(({ run_id, outcome }) => [run_id, outcome])).toEqual([
      [idOf(begins[2] ?? 0), 'lost'],
      [idOf(begins[1] ?? 0), 'partial'],
      [idOf(begins[0] ?? 0), 'partial'],
    ]);
    expect(broken).toBe(0);
    expect(rows[1]?.counts).toMatchObject({ landed: 4, failed: 1 });
    expect((await rowsOf(path, 1)).rows).toEqual(rows.slice(0, 1));
  });

  it('are told of as the fold has them where the run itself has told no sums', async () => {
    const untold = (second ?? []).map((event) => ({ ...event, totals: undefined }));
    const [told] = (await rowsOf(logOf(lines(second ?? [])))).rows;
    const [added] = (await rowsOf(logOf(lines(untold)))).rows;
    expect(sameReceipt(added?.totals ?? NO_RECEIPT, told?.totals ?? NO_RECEIPT)).toBe(true);
    expect(told?.totals.attempts).toBe(5);
  });

  it('bear lines that are broken, and count them', async () => {
    const half = JSON.stringify(third?.[5]).slice(0, 40);
    const odd = '{"type":"agent.started","at":"yesterday"}\n17\n"text"\n{"type":7}\n\n';
    const path = logOf(`${lines(first ?? [])}${half}\n${odd}${lines(second ?? [])}${half}`);
    const { rows, broken } = await rowsOf(path);
    expect(rows.map(({ run_id: id }) => id)).toEqual([idOf(begins[1] ?? 0), idOf(begins[0] ?? 0)]);
    expect(broken).toBe(5);
  });

  it('are told of by their rest where the beginning is gone', async () => {
    const [row] = (await rowsOf(logOf(lines((first ?? []).slice(9))))).rows;
    expect(row).toMatchObject({ run_id: idOf(begins[0] ?? 0), outcome: 'partial', beginning_is_gone: true });
    expect(Date.parse(row?.started_at ?? '')).toBe(begins[0]);
  });

  it('may have lost the line that begins one', async () => {
    const { rows } = await rowsOf(logOf(lines([...(first ?? []), ...(second ?? []).slice(1), ...(third ?? [])])));
    expect(rows.map(({ beginning_is_gone: gone = false }) => gone)).toEqual([false, true, false]);
    const killed = toldRun({ begin: begins[0] ?? 0, tasks: 9, isKilled: true });
    const after = await rowsOf(
      logOf(lines([...killed, ...(second ?? []).filter(({ run_id: id }) => id !== undefined).slice(1)])),
    );
    expect(after.rows.map(({ run_id: id, outcome }) => [id, outcome])).toEqual([
      [idOf(begins[1] ?? 0), 'partial'],
      [idOf(begins[0] ?? 0), 'lost'],
    ]);
  });

  it('are read to their ends when the log is renamed meanwhile', async () => {
    const path = logOf(lines(first ?? []));
    const log = await RunLog.open(path);
    renameSync(path, path.replace('.ndjson', '.1.ndjson'));
    writeFileSync(path, lines(third ?? []));
    appendFileSync(path.replace('.ndjson', '.1.ndjson'), lines(second ?? []));
    const runs = await lastRuns(log, 9, never);
    await log.close();
    expect(runs.map(({ story }) => story.id)).toEqual([idOf(begins[1] ?? 0), idOf(begins[0] ?? 0)]);
  });

  it('are none where there is no log, and a pipe in its place is refused', async () => {
    expect(await rowsOf(join(temporaryFolder(), 'none/events.ndjson'))).toEqual({ rows: [], broken: 0 });
    const folder = join(temporaryFolder(), 'events.ndjson');
    mkdirSync(folder);
    await expect(RunLog.open(folder)).rejects.toMatchObject({ code: 'io' });
  });

  it('are found by id, by the beginning of one, and as the last', async () => {
    const path = logOf(lines([...(first ?? []), ...(second ?? []), ...(third ?? [])]));
    expect((await find(path, 'last')).id).toBe(idOf(begins[2] ?? 0));
    expect((await find(path, 'run-20260302')).id).toBe(idOf(begins[1] ?? 0));
    expect((await find(path, idOf(begins[0] ?? 0))).tasks).toHaveLength(4);
    await expect(find(path, 'run-2026')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('3 runs begin with run-2026'),
    });
    await expect(find(path, 'nobody')).rejects.toMatchObject({ code: 'run_not_found', exit: 6 });
    await expect(find(logOf(''), 'last')).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

describe('a run without an end', () => {
  it('goes on where the lock is held since before it began, else it was killed', () => {
    const [before, after] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:09.000Z'];
    expect([isSince(after, before), isSince(before, after), isSince(undefined, after)]).toEqual([true, false, true]);
  });

  it('says who is at work', async () => {
    const path = logOf(lines(toldRun({ tasks: 12, isKilled: true, begin: Date.now() - 60_000 })));
    const [row] = (await rowsOf(path, 1, () => Promise.resolve(true))).rows;
    expect(row).toMatchObject({ outcome: 'running', ended_at: null });
    expect(row?.counts.unfinished).toBeGreaterThan(0);
    const story = await find(path, 'last');
    const open = story.tasks.filter(({ isOpen }) => isOpen).map(({ id }) => id);
    expect(
      taskRows(story, true)
        .filter(({ result }) => result === 'running')
        .map(({ task_id: id }) => id),
    ).toEqual(open);
  });
});

describe('what a person reads', () => {
  const story = fold(toldRun({ tasks: 9, usage: true }));
  const row = runRow(story, false);

  it('of one run is each task with its receipt, their sum, and the next command for what did not land', () => {
    const text = runText(row, taskRows(story, false));
    expect(text).toMatch(/^run-20260101T090000-abc123: partial: 7 landed, 1 failed, 1 blocked on main; /);
    expect(text).toMatch(/^TASK +RESULT +COMMIT +TIME +AGENT +ATTEMPTS +GATES +TOKENS +COST +TITLE OR REASON$/m);
    expect(text).toMatch(/^RQ-0001 +landed +c{10} .* 1 +1 +16\.2k +\$0\.00 +Do the thing number 0$/m);
    expect(text).toMatch(/^RQ-0005 .* 1 +1 +- +- +Do the thing number 4$/m);
    expect(text).toMatch(/^together .* 9 +9 +[\d.]+k\+ +\$\d\.\d\d\d?\d?\+$/m);
    expect(text).toContain(
      'RQ-0004 failed (agent_failed): agent ended with status 3: it does not know how\n  | looking at it',
    );
    expect(text).toContain('  next: cd /w/RQ-0009 && make ci\n  then: ralph-integrate one 8\n');
  });

  it('of all runs is a line for each, or how to begin one', () => {
    expect(runsText([row])).toMatch(/partial +7 +0 +1 +1 +0 +[\d.]+k\+/);
    expect(runsText([])).toContain('ralph-orchestrate run');
  });

  it('adds up', () => {
    const rows = taskRows(story, false);
    expect(rows.reduce((sum, { receipt }) => addReceipts(sum, receipt), NO_RECEIPT)).toEqual(row.totals);
  });
});
