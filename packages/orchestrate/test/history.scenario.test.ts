import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Receipt } from '@ralph/protocol/contract/receipt';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { olderNumbers, olderPart } from '../src/record/log-parts.ts';
import { addReceipts, NO_RECEIPT } from '../src/record/receipt-sum.ts';
import { HeldAgent } from './support/held-agent.ts';
import { leftovers } from './support/leftovers.ts';
import { parseMetrics } from './support/parse-metrics.ts';

const EVENTS = '.ralph/logs/parallel/events.ndjson';

const historyOf = (cwd: string, ...args: string[]) => runProgram('ralph-orchestrate', ['history', ...args], { cwd });

it('history: past runs with the newest first, and of one what each task has cost, which adds up to what the run has told', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  const agent = scriptedCommand(
    folder,
    'agent',
    `echo "line of $RALPH_TASK_ID"; test "$RALPH_TASK_ID" = RQ-0002 && exit 3; echo x > "$RALPH_TASK_ID.txt"`,
  );
  const run = () =>
    runProgram('ralph-orchestrate', ['run', '--ci', 'test ! -e RQ-0003.txt', '--no-resolver', '--', agent], {
      cwd: root,
    });
  repository.queue(['RQ-0001', 'RQ-0002', 'RQ-0003'].map((id) => queueTask(id)));
  const first = records((await run()).stdout);
  const finished = first.at(-1) as { run_id: string; totals: Receipt };
  expect((await run()).status).toBe(2);

  const rows = records((await historyOf(root)).stdout) as { run_id: string; outcome: string; totals: Receipt }[];
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({
    run_id: finished.run_id,
    outcome: 'partial',
    target_branch: 'main',
    counts: { landed: 1, failed: 1, blocked: 1, published: 0 },
    totals: finished.totals,
  });
  expect(records((await historyOf(root, '--limit', '1')).stdout)).toEqual(rows.slice(0, 1));

  const tasks = records((await historyOf(root, finished.run_id)).stdout) as { task_id: string; receipt: Receipt }[];
  expect(tasks).toMatchObject([
    { task_id: 'RQ-0001', result: 'landed', receipt: { attempts: 1, gates: 1, pushes: 1 } },
    {
      task_id: 'RQ-0002',
      result: 'failed',
      code: 'agent_failed',
      last_lines: ['line of RQ-0002'],
      next_command: expect.stringContaining('ralph-worker logs RQ-0002'),
    },
    {
      task_id: 'RQ-0003',
      result: 'blocked',
      code: 'ci_failed',
      land_command: expect.stringContaining('ralph-integrate one'),
    },
  ]);
  const last = first.filter(({ type }) => type === 'task.receipt');
  for (const { task_id: id, receipt } of tasks)
    expect(receipt).toEqual(last.findLast(({ task_id: other }) => other === id)?.['receipt']);
  expect(tasks.reduce((sum, { receipt }) => addReceipts(sum, receipt), NO_RECEIPT)).toEqual(finished.totals);

  const table = await historyOf(root, finished.run_id, '--format', 'table');
  expect(table.stdout).toMatch(/^RQ-0001 +landed +[0-9a-f]{10} /m);
  expect(table.stdout).toMatch(/^RQ-0002 failed \(agent_failed\).*\n {2}\| line of RQ-0002$/m);
  const unknown = await historyOf(root, 'run-1999');
  expect([unknown.status, errorRecord(unknown.stderr)['code']]).toEqual([6, 'run_not_found']);
  const several = await historyOf(root, 'run-');
  expect([several.status, several.stderr]).toEqual([64, expect.stringContaining('2 runs begin with run-')]);
});

it('history: a run goes on while it holds the lock, and is lost once it was killed', async () => {
  const repository = temporaryRepository();
  const { root } = repository;
  const agent = new HeldAgent(repository);
  repository.queue([queueTask('RQ-0001')]);
  const child = startProgram('ralph-orchestrate', ['run', '--', agent.command], { cwd: root });
  const ended = transcriptOf(child);
  await waitUntil('the agent runs', () => agent.begun.length === 1);
  await waitUntil('it is told of', () => repository.read(EVENTS).includes('agent.started'));
  expect(records((await historyOf(root)).stdout)).toMatchObject([
    { outcome: 'running', ended_at: null, counts: { unfinished: 1 }, totals: { attempts: 1 } },
  ]);
  expect(records((await historyOf(root, 'last')).stdout)).toMatchObject([{ task_id: 'RQ-0001', result: 'running' }]);
  child.kill('SIGKILL');
  await ended;
  await waitUntil('nobody holds the lock', async () => {
    const [lock] = records((await runProgram('ralph-lock', ['status'], { cwd: root })).stdout);
    return lock?.['locked'] === false;
  });
  expect(records((await historyOf(root)).stdout)).toMatchObject([{ outcome: 'lost', counts: { unfinished: 1 } }]);
  const text = (await historyOf(root, 'last', '--format', 'table')).stdout;
  expect(text).toMatch(/RQ-0001 unfinished\n(?:.*\n)* {2}its work is kept; the next run takes it up/);
});

it('the log of a run that watches is renamed as it grows, and no event of it is lost', async () => {
  const repository = temporaryRepository();
  const { root } = repository;
  const agent = new HeldAgent(repository);
  agent.letGo();
  repository.queue([]);
  const env = { RALPH_HISTORY_LOG_MB: '0.002', RALPH_HISTORY_OLDER_LOGS: '20' };
  const child = startProgram('ralph-orchestrate', ['run', '--watch', '--', agent.command], { cwd: root, env });
  const ended = transcriptOf(child);
  await waitUntil('it has begun', () => existsSync(join(root, EVENTS)));
  repository.queue([1, 2, 3].map((n) => queueTask(`RQ-000${n}`)));
  const path = join(root, EVENTS);
  await waitUntil('it was renamed', () => olderNumbers(path).length >= 3);
  await waitUntil('all have landed', () => agent.told.length === 6);
  await runProgram('ralph-orchestrate', ['stop'], { cwd: root });
  const { status, stdout } = await ended;
  expect(status).toBe(0);
  const parts = [
    ...olderNumbers(path)
      .toReversed()
      .map((number) => olderPart(path, number)),
    path,
  ];
  const kept = records(parts.map((part) => readFileSync(part, 'utf8')).join(''));
  const told = records(stdout).filter(({ type }) => type !== 'agent.progress');
  const inOrder = (events: typeof told) =>
    events.map(({ type, at, task_id: id }) => `${String(type)} ${String(at)} ${String(id)}`).toSorted();
  expect(inOrder(kept)).toEqual(inOrder(told));
  expect(records((await historyOf(root, 'last')).stdout)).toHaveLength(3);
  expect(records((await historyOf(root)).stdout)).toMatchObject([{ outcome: 'stopped', counts: { landed: 3 } }]);
  expect(leftovers(repository)).toEqual([]);
});

it('run --metrics-file keeps the figures of the run for Prometheus, as it goes on and at its end', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  const agent = new HeldAgent(repository);
  repository.queue([queueTask('RQ-0001')]);
  const file = join(folder, 'metrics/ralph.prom');
  const args = ['run', '--metrics-file', file, '--', agent.command];
  const ended = transcriptOf(startProgram('ralph-orchestrate', args, { cwd: root }));
  const read = () => parseMetrics(existsSync(file) ? readFileSync(file, 'utf8') : '\n');
  await waitUntil('an agent runs', () => read().samples.get('ralph_agents_running') === 1);
  expect(read().samples.get('ralph_run_running')).toBe(1);
  agent.letGo();
  const { status, stdout } = await ended;
  expect(status).toBe(0);
  const { samples, problems } = read();
  expect(problems).toEqual([]);
  const finished = records(stdout).at(-1) as { totals: Receipt; duration_ms: number };
  expect(samples.get('ralph_run_running')).toBe(0);
  expect(samples.get('ralph_tasks{state="landed"}')).toBe(1);
  expect(samples.get('ralph_agent_seconds_total')).toBe(finished.totals.agent_ms / 1000);
  expect(samples.get('ralph_run_duration_seconds')).toBe(finished.duration_ms / 1000);
  expect(leftovers(repository)).toEqual([]);
});

it('run --metrics-file takes no device, pipe or folder, and begins nothing then; a link stays', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue([queueTask('RQ-0001')]);
  const agent = scriptedCommand(folder, 'agent', 'echo x > "$RALPH_TASK_ID.txt"');
  const run = (file: string) =>
    runProgram('ralph-orchestrate', ['run', '--metrics-file', file, '--', agent], { cwd: root });
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  symlinkSync('/dev/null', join(folder, 'to-null'));
  for (const name of ['pipe', 'to-null', '.']) {
    const file = join(folder, name);
    const { status, stdout, stderr } = await run(file);
    expect([status, stdout]).toEqual([64, '']);
    expect(errorRecord(stderr)).toMatchObject({ code: 'usage', message: expect.stringContaining('no plain file') });
  }
  expect(lstatSync(join(folder, 'pipe')).isFIFO()).toBe(true);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  expect(existsSync(join(root, EVENTS))).toBe(false);

  mkdirSync(join(folder, 'there'));
  writeFileSync(join(folder, 'there/real.prom'), '');
  symlinkSync('there/real.prom', join(folder, 'link.prom'));
  expect((await run(join(folder, 'link.prom'))).status).toBe(0);
  expect(lstatSync(join(folder, 'link.prom')).isSymbolicLink()).toBe(true);
  expect(readdirSync(join(folder, 'there'))).toEqual(['real.prom']);
  expect(readFileSync(join(folder, 'there/real.prom'), 'utf8')).toContain('ralph_run_running');
});
