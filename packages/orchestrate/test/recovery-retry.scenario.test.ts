import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
import { leftovers } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

describe('ralph-orchestrate retry', () => {
  it('M60: lands blocked work from its kept commits without another agent, also when its workspace is gone', async () => {
    const repository = temporaryRepository();
    const { root, folder, workspaces } = repository;
    repository.queue([queueTask('A'), queueTask('B')]);
    const [runs, isRed] = [join(folder, 'runs'), join(folder, 'red')];
    const agent = scriptedCommand(
      folder,
      'agent',
      `echo "$RALPH_TASK_ID" >> '${runs}'; echo "$RALPH_ATTEMPT" > "$RALPH_TASK_ID.txt"`,
    );
    const orchestrate = (...args: string[]) => runProgram('ralph-orchestrate', args, { cwd: root });
    const run = () => orchestrate('run', '--ci', `test ! -e '${isRed}'`, '--no-resolver', '--', agent);
    repository.write('../red', '');
    expect(records((await run()).stdout).at(-1)).toMatchObject({ outcome: 'partial' });
    rmSync(isRed);
    rmSync(join(workspaces, 'B'), { recursive: true });

    const asked = await orchestrate('retry', 'A', 'B');
    expect(asked).toMatchObject({ status: 0, stderr: expect.stringContaining('B: its workspace was gone') });
    expect(records(asked.stdout)).toMatchObject([
      { task_id: 'A', lifecycle: 'blocked_push', attempt: 1, continues: true },
      { task_id: 'B', lifecycle: 'blocked_push', attempt: 1, continues: true },
    ]);
    expect(readFileSync(join(workspaces, 'B/B.txt'), 'utf8')).toBe('1\n');
    // Somebody may clear up after the request, too.
    rmSync(join(workspaces, 'A'), { recursive: true });
    const again = await run();
    expect(again.status).toBe(0);
    const last = records(again.stdout).at(-1) as { landed: string[] };
    expect(last.landed.toSorted()).toEqual(['A', 'B']);
    expect(readFileSync(runs, 'utf8').trim().split('\n').toSorted()).toEqual(['A', 'B']);
    expect(['A', 'B'].map((id) => repository.gitOrigin('show', `main:${id}.txt`))).toEqual(['1', '1']);
    expect(leftovers(repository)).toEqual([]);
  });

  it('M60: refuses what is unknown, has landed or is at work, and says where only a fresh attempt is possible', async () => {
    const repository = temporaryRepository();
    const { root, workspaces } = repository;
    const retry = (...args: string[]) => runProgram('ralph-orchestrate', ['retry', ...args], { cwd: root });
    const none = await retry('A');
    expect(errorRecord(none.stderr)).toMatchObject({ message: 'No parallel run state found.', exit: 6 });
    const at = new Date().toISOString();
    const of = (task_id: string, lifecycle: string) => ({
      task_id,
      lifecycle,
      workspace_path: join(workspaces, task_id),
      started_at: at,
      push_attempts: 0,
    });
    const workers = [
      { ...of('BLOCKED', 'blocked_push'), attempt: 3, target_branch: 'main' },
      of('DONE', 'completed'),
      of('BUSY', 'running'),
      { ...of('FAILED', 'failed'), attempt: 1, last_error: 'no', error_code: 'agent_failed' },
    ];
    const state = JSON.stringify({ schema_version: 3, started_at: at, target_branch: 'main', workers });
    repository.write('.ralph/cache/parallel/state.json', state);
    const messages = {
      NEW: 'Task NEW not found in parallel state',
      DONE: 'Task DONE has already completed successfully. No retry needed.',
      BUSY: 'Task BUSY is currently running. Cannot retry an active worker.',
      BLOCKED: expect.stringContaining('BLOCKED cannot be continued: its workspace is gone') as unknown,
    };
    for (const [id, message] of Object.entries(messages)) {
      const { status, stderr } = await retry('FAILED', id);
      expect({ id, isRefused: status !== 0 }).toEqual({ id, isRefused: true });
      expect(errorRecord(stderr)).toMatchObject({ message });
    }
    expect(repository.read('.ralph/cache/parallel/state.json')).toBe(state);
    const { stdout } = await retry('FAILED', 'BLOCKED', '--fresh', '--format', 'table');
    expect(stdout).toContain('FAILED is asked for again: a new attempt by a new agent; nothing of a failed attempt');
    expect(stdout).toMatch(/next: ralph-orchestrate run --repo .* -- AGENT/);
    expect(recordsOnDisk(root).find(({ task_id: id }) => id === 'BLOCKED')).toMatchObject({ retry_fresh: true });
    expect(existsSync(join(workspaces, 'BLOCKED'))).toBe(false);
  });
});

it('M40: clears away what a run with another root of the workspaces has left, after its work is kept', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue([queueTask('A')]);
  const other = join(folder, 'other');
  const place = ['--workspace-root', other];
  expect(await runProgram('ralph-worker', ['prepare', 'A', ...place], { cwd: root })).toMatchObject({ status: 0 });
  repository.write('../other/A/half.txt', 'half');
  const at = new Date().toISOString();
  const record = {
    task_id: 'A',
    lifecycle: 'running',
    workspace_path: join(other, 'A'),
    started_at: at,
    push_attempts: 0,
    attempt: 1,
    identity: { pid: 999_999, start_time: '1', boot_id: 'gone' },
  };
  const state = { schema_version: 3, started_at: at, target_branch: 'main', workers: [record] };
  repository.write('.ralph/cache/parallel/state.json', JSON.stringify(state));
  const agent = scriptedCommand(folder, 'agent', 'echo done > done.txt');
  const { status, stdout } = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
  expect(status).toBe(0);
  expect(records(stdout)).toContainEqual(
    expect.objectContaining({ type: 'task.recovered', action: 'requeued', salvage_ref: 'refs/ralph/salvage/A/1' }),
  );
  expect(repository.git('show', 'refs/ralph/salvage/A/1:half.txt')).toBe('half');
  expect(existsSync(join(other, 'A'))).toBe(false);
  expect(leftovers(repository)).toEqual([]);
});

describe('ralph-orchestrate status', () => {
  it('tells only of a run that goes on and of a request that it heeds', async () => {
    const { root, write } = temporaryRepository();
    write('.ralph/cache/stop_requested', '');
    const words = ['run', '--repo', root, '--', process.execPath];
    const inside = startProgram('ralph-lock', [...words, '-e', 'process.stdin.resume(); console.log("held")'], {
      cwd: root,
    });
    let told = '';
    inside.stdout.on('data', (text: Buffer) => (told += text.toString()));
    const ended = transcriptOf(inside);
    await waitUntil('the lock is held', () => told.includes('held'));
    const { stdout } = await runProgram('ralph-orchestrate', ['status', '--format', 'table'], { cwd: root });
    expect(stdout).toMatch(/no run goes on; pid \d+ holds the lock/);
    expect(stdout).not.toContain('asked to stop');
    inside.stdin.end();
    await ended;
    const after = await runProgram('ralph-orchestrate', ['status'], { cwd: root });
    expect(records(after.stdout)).toMatchObject([{ stop_requested: false, lock: { locked: false } }]);
  });

  it('M57, M59: tells without state, and for a person in sections, with status 0', async () => {
    const { root } = temporaryRepository();
    const { status, stdout } = await runProgram('ralph-orchestrate', ['status'], { cwd: root });
    expect(status).toBe(0);
    expect(records(stdout)).toMatchObject([
      {
        version: 3,
        lifecycle_counts: { total: 0 },
        status: { message: 'No parallel state found' },
        lock: { locked: false },
        stop_requested: false,
        recovery: [],
      },
    ]);
    const table = await runProgram('ralph-orchestrate', ['status', '--format', 'table'], { cwd: root });
    expect(table.status).toBe(0);
    for (const part of ['has not started', 'Parallel Run Status', 'Next:', 'no run goes on'])
      expect(table.stdout).toContain(part);
  });
});
