import { describe, expect, it } from 'vitest';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { HeldAgent } from './support/held-agent.ts';
import { leftovers } from './support/leftovers.ts';

function run({ root }: TestRepository, agent: HeldAgent, ...options: string[]) {
  return runProgram('ralph-orchestrate', ['run', ...options, '--', agent.command], { cwd: root });
}

describe('ralph-orchestrate run takes tasks', () => {
  it('M26, M27, M28, M30: doing, then todo in the order of the file, each after what it depends on, drafts last', async () => {
    const repository = temporaryRepository();
    const agent = new HeldAgent(repository);
    agent.letGo();
    repository.queue([
      queueTask('RQ-0009', { status: 'draft' }),
      queueTask('RQ-0005', { depends_on: ['RQ-0001'] }),
      queueTask('RQ-0003'),
      queueTask('RQ-0001'),
      queueTask('RQ-0004', { status: 'doing' }),
    ]);
    const { status, stdout } = await run(repository, agent, '--workers', '1', '--include-draft', '--verbose');
    expect(status).toBe(0);
    expect(agent.begun.slice(0, 3)).toEqual(['RQ-0004', 'RQ-0003', 'RQ-0001']);
    // A draft does not wait for what is still landing, so that the last two may change places.
    expect(agent.begun.slice(3).toSorted()).toEqual(['RQ-0005', 'RQ-0009']);
    const told = records(stdout).map(({ type, task_id: id }) => `${String(type)} ${String(id)}`);
    expect(told.indexOf('task.completed RQ-0001')).toBeLessThan(told.indexOf('task.selected RQ-0005'));
    for (const id of agent.begun)
      expect(told.indexOf(`task.selected ${id}`)).toBeLessThan(told.indexOf(`agent.started ${id}`));
    expect(leftovers(repository)).toEqual([]);
  });

  it('M29, M30, M61: none whose time has not come, and no draft unless asked: blocked, status 0', async () => {
    const repository = temporaryRepository();
    const agent = new HeldAgent(repository);
    repository.queue([
      queueTask('RQ-0001', { scheduled_start: '2999-01-01T00:00:00Z' }),
      queueTask('RQ-0002', { status: 'draft' }),
      queueTask('RQ-0003', { depends_on: ['RQ-0001'] }),
    ]);
    const { status, stdout, stderr } = await run(repository, agent);
    expect({ status, begun: agent.begun }).toEqual({ status: 0, begun: [] });
    expect(records(stdout).at(-1)).toMatchObject({ outcome: 'blocked', counts: { waiting: 3 } });
    expect(stderr).toContain('1 for another task, 1 for their time, 1 as drafts');
  });

  it('M31: none again that failed in this run, nor one that is blocked, which it names; a later run takes the failed one', async () => {
    const repository = temporaryRepository();
    const agent = new HeldAgent(repository);
    agent.letGo();
    repository.queue([queueTask('RQ-0001', { title: 'red' }), queueTask('RQ-0002'), queueTask('RQ-0003')]);
    const gate = ['--ci', 'test ! -e RQ-0002.txt', '--no-resolver'];
    const first = await run(repository, agent, ...gate, '--workers', '1', '--stop-after-failures', '0');
    expect(first.status).toBe(2);
    expect(records(first.stdout).at(-1)).toMatchObject({ failed: ['RQ-0001'], blocked: ['RQ-0002'] });
    expect(agent.begun).toEqual(['RQ-0001', 'RQ-0002', 'RQ-0003']);
    const second = await run(repository, agent, ...gate);
    expect(agent.begun.slice(3)).toEqual(['RQ-0001']);
    expect(second.stderr).toContain('1 task is blocked since an earlier run and not started:');
    expect(second.stderr).toMatch(/^ {2}RQ-0002 \(attempts: \d+\): .*ralph-orchestrate retry RQ-0002/m);
  });

  it('M32, M33: no more at the same time than there are places, and no more in all than --max-tasks', async () => {
    const repository = temporaryRepository();
    const agent = new HeldAgent(repository);
    repository.queue(['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'].map((id) => queueTask(id)));
    const record = { task_id: 'RQ-0009', workspace_path: '/nowhere/RQ-0009', lifecycle: 'running', push_attempts: 0 };
    const started_at = new Date().toISOString();
    const state = { schema_version: 3, started_at, target_branch: 'main', workers: [{ ...record, started_at }] };
    repository.write('.ralph/cache/parallel/state.json', JSON.stringify(state));
    const ended = transcriptOf(
      startProgram('ralph-orchestrate', ['run', '--workers', '2', '--max-tasks', '3', '--', agent.command], {
        cwd: repository.root,
      }),
    );
    await waitUntil('two agents', () => agent.begun.length === 2);
    agent.letGo();
    const { status, stdout } = await ended;
    expect(status).toBe(0);
    expect(records(stdout).at(-1)).toMatchObject({ outcome: 'completed', stop_reason: 'max_tasks' });
    expect(agent.begun.toSorted()).toEqual(['RQ-0001', 'RQ-0002', 'RQ-0003']);
    expect(agent.told.findIndex((line) => line.startsWith('-'))).toBe(2);
  });

  it('until too many in a row have failed', async () => {
    const repository = temporaryRepository();
    const agent = new HeldAgent(repository);
    agent.letGo();
    repository.queue(['RQ-0001', 'RQ-0002', 'RQ-0003'].map((id) => queueTask(id, { title: 'red' })));
    const { status, stdout, stderr } = await run(repository, agent, '--workers', '1', '--stop-after-failures', '2');
    expect({ status, begun: agent.begun }).toEqual({ status: 2, begun: ['RQ-0001', 'RQ-0002'] });
    const told = records(stdout);
    expect(told).toContainEqual(expect.objectContaining({ type: 'run.stopping', stop_reason: 'failures' }));
    expect(told.at(-1)).toMatchObject({ outcome: 'partial', stop_reason: 'failures' });
    expect(stderr).toContain('--stop-after-failures');
  });
});
