import { describe, expect, it } from 'vitest';
import { errorRecord, records, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import {
  agentFinished,
  agentStarted,
  HEAD,
  integrateStarted,
  stream,
  taskBlocked,
  taskCompleted,
  taskFailed,
} from './support/events.ts';
import { DONE, idsOnDisk, QUEUE, ralphState, stateOnDisk } from './support/repository.ts';

const LANDING = [agentStarted(), agentFinished(), integrateStarted(), taskCompleted()];

function withQueue(...ids: string[]): TestRepository {
  const repository = temporaryRepository();
  repository.queue(ids.map((id) => queueTask(id)));
  return repository;
}

describe('ralph-state apply', () => {
  it('folds a stream, passes over what says nothing of a record, and sums up', async () => {
    const { root } = temporaryRepository();
    const noise = [
      queueTask('RQ-0009'),
      { type: 'future.event' },
      { v: 1, type: 'task', at: LANDING[0]?.at, task_id: 'RQ-0009', task: queueTask('RQ-0009') },
    ];
    const { status, stdout } = await ralphState(root, ['apply'], stream(...noise, ...LANDING));
    expect({ status, records: records(stdout) }).toEqual({
      status: 0,
      records: [{ revision: 4, applied: 4, ignored: 3 }],
    });
    expect(stateOnDisk(root)).toMatchObject({
      target_branch: 'main',
      workers: [{ task_id: 'RQ-0001', lifecycle: 'completed' }],
    });
  });

  it('makes no file of a stream that says nothing', async () => {
    const { root } = temporaryRepository();
    expect(records((await ralphState(root, ['apply'], '{"type":"other"}\n')).stdout)).toEqual([
      { revision: 0, applied: 0, ignored: 1 },
    ]);
    expect(() => stateOnDisk(root)).toThrow('ENOENT');
  });

  it('names the line that is malformed, having applied those before it', async () => {
    const { root } = temporaryRepository();
    const { status, stderr } = await ralphState(
      root,
      ['apply'],
      `${stream(agentStarted())}{"type":\n${stream(taskFailed())}`,
    );
    expect({ status, error: errorRecord(stderr) }).toMatchObject({
      status: 65,
      error: { code: 'bad_line', message: expect.stringContaining('line 2 of stdin') },
    });
    expect(stateOnDisk(root).workers).toMatchObject([{ lifecycle: 'running' }]);
  });

  it('names the line of an event that misses what it must carry', async () => {
    const { root } = temporaryRepository();
    const { status, stderr } = await ralphState(
      root,
      ['apply'],
      stream(agentStarted(), { ...taskFailed(), reason: 5 }),
    );
    expect({ status, message: errorRecord(stderr)['message'] }).toEqual({
      status: 65,
      message: expect.stringMatching(/^line 2 of stdin: task\.failed: reason/),
    });
  });

  it('ends at a step that cannot be true, having applied those before it', async () => {
    const { root } = temporaryRepository();
    const { status, stderr, stdout } = await ralphState(
      root,
      ['apply'],
      stream(...LANDING, taskFailed(), agentStarted({ task: 'RQ-0002' })),
    );
    expect({ status, stdout, error: errorRecord(stderr) }).toMatchObject({
      status: 65,
      stdout: '',
      error: {
        code: 'illegal_transition',
        message: expect.stringContaining('from completed to failed'),
        task_id: 'RQ-0001',
      },
    });
    expect(stateOnDisk(root).workers).toMatchObject([{ task_id: 'RQ-0001', lifecycle: 'completed' }]);
  });

  it.each([
    ['half of a surrogate pair', String.raw`"reason":"\ud83d"`, 'surrogate'],
    ['a key twice', '"reason":"x","attempt":1', 'occurs twice'],
    ['nesting without end', `"reason":"x","x":${'['.repeat(5000)}${']'.repeat(5000)}`, 'nested deeper'],
  ])('refuses a line that no file could keep: %s', async (_title, fields, words) => {
    const { root } = temporaryRepository();
    const line = JSON.stringify(taskFailed()).replace('"reason":"status 3"', fields);
    const { status, stderr } = await ralphState(root, ['apply'], `${stream(agentStarted())}${line}\n`);
    expect({ status, error: errorRecord(stderr) }).toMatchObject({
      status: 65,
      error: { code: 'bad_line', message: expect.stringMatching(`line 2 of stdin: (?:column \\d+: .*)?${words}`) },
    });
    expect(stateOnDisk(root).workers).toMatchObject([{ lifecycle: 'running' }]);
  });

  it('notes a stale attempt, goes on, and tells it by its status', async () => {
    const { root } = temporaryRepository();
    const { status, stdout, stderr } = await ralphState(
      root,
      ['apply'],
      stream(agentStarted({ attempt: 2 }), taskFailed({ attempt: 1 }), agentStarted({ task: 'RQ-0002' })),
    );
    expect({ status, records: records(stdout) }).toEqual({
      status: 3,
      records: [{ revision: 2, applied: 2, ignored: 1 }],
    });
    expect(errorRecord(stderr)).toMatchObject({ code: 'fenced', task_id: 'RQ-0001', attempt: 1 });
    expect(stderr.match(/^ralph-state: task.failed of attempt 1 .* is stale/gm)).toHaveLength(1);
    expect(stateOnDisk(root).workers.map(({ attempt, lifecycle }) => [attempt, lifecycle])).toEqual([
      [2, 'running'],
      [1, 'running'],
    ]);
  });
});

describe('ralph-state apply --answer', () => {
  it('answers every line and goes on after a refusal', async () => {
    const { root } = temporaryRepository();
    const lines = stream(
      agentStarted({ attempt: 2 }),
      taskFailed({ attempt: 1 }),
      { type: 'other' },
      taskFailed({ attempt: 2 }),
      agentFinished({ attempt: 2 }),
    );
    const { status, stdout } = await ralphState(root, ['apply', '--answer'], lines);
    expect(status).toBe(0);
    expect(records(stdout)).toMatchObject([
      { ok: true, revision: 1 },
      { ok: false, error: { code: 'fenced', exit: 3 } },
      { ok: true, revision: 1 },
      { ok: true, revision: 2 },
      { ok: false, error: { code: 'illegal_transition', exit: 65 } },
    ]);
  });

  it('answers a line once it is on the disk, without waiting for the next one', async () => {
    const { root } = temporaryRepository();
    const child = startProgram('ralph-state', ['apply', '--answer'], { cwd: root });
    let answers = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (answers += text));
    for (const [index, event] of LANDING.entries()) {
      child.stdin.write(stream(event));
      await waitUntil('an answer', () => records(answers).length === index + 1);
      expect(stateOnDisk(root).revision).toBe(index + 1);
    }
    child.stdin.end('{"type":"end"}\n');
    expect((await transcriptOf(child)).status).toBe(0);
  });

  it('selects tasks by what it has just been told', async () => {
    const { root } = withQueue('RQ-0001', 'RQ-0002');
    const lines = stream(
      { type: 'task.select' },
      { type: 'task.select', exclude: ['RQ-0001'] },
      agentStarted({ attempt: 3 }),
      taskBlocked({ attempt: 3 }),
      { type: 'task.select', exclude: ['RQ-0002'] },
      taskFailed({ attempt: 3 }),
      { type: 'task.select' },
    );
    const answers = records((await ralphState(root, ['apply', '--answer'], lines)).stdout);
    expect(answers.filter((answer) => 'task' in answer)).toMatchObject([
      { ok: true, task: { id: 'RQ-0001', attempt: 1 }, waiting: { blocked: 0 } },
      { task: { id: 'RQ-0002', attempt: 1 } },
      { revision: 2, task: null, waiting: { dependency: 0, schedule: 0, draft: 0, blocked: 1 } },
      { task: { id: 'RQ-0001', attempt: 4 } },
    ]);
  });

  it('selects nothing that is in work, overlaps it, or has failed too often, and says for when it waits', async () => {
    const { root, queue } = temporaryRepository();
    queue([
      { id: 'RQ-0001', title: 'in work', status: 'todo' },
      { id: 'RQ-0002', title: 'beside it', status: 'todo', scope: ['src/a.ts'] },
      { id: 'RQ-0003', title: 'failed', status: 'todo' },
      { id: 'RQ-0004', title: 'later', status: 'todo', scheduled_start: '2999-01-01T00:00:00Z' },
    ]);
    const failures = [1, 2].map((attempt) => taskFailed({ task: 'RQ-0003', attempt }));
    const select = { type: 'task.select', busy: ['RQ-0001'], busy_scopes: ['src'], max_failures: 2 };
    const lines = stream(...failures, select, { ...select, max_failures: 3, busy_scopes: [] });
    const answers = records((await ralphState(root, ['apply', '--answer'], lines)).stdout);
    expect(answers.slice(2)).toMatchObject([
      { task: null, waiting: { scope: 1, failed: 1, schedule: 1 }, next_start: '2999-01-01T00:00:00.000Z' },
      { task: { id: 'RQ-0002' }, waiting: { scope: 0, failed: 0 } },
    ]);
  });

  it('answers a selection from an invalid queue with the failure, and goes on', async () => {
    const { root } = withQueue('RQ-0001', 'RQ-0001');
    const answers = records(
      (await ralphState(root, ['apply', '--answer'], stream({ type: 'task.select' }, agentStarted()))).stdout,
    );
    expect(answers).toMatchObject([{ ok: false, error: { code: 'queue_invalid' } }, { ok: true }]);
  });

  it('moves a task to done in a folder of its sender, on order', async () => {
    const [{ root }, workspace] = [withQueue('RQ-0001'), withQueue('RQ-0001', 'RQ-0002')];
    const lines = stream(
      { type: 'task.archive', task_id: 'RQ-0001', repo: workspace.root },
      { type: 'task.archive', task_id: 'RQ-0009', repo: workspace.root },
      {
        type: 'task.archive',
        task_id: 'RQ-0002',
        attempt: 2,
        repo: workspace.root,
        followups: [{ key: 'next', title: 'Next' }],
      },
    );
    const answers = records((await ralphState(root, ['apply', '--answer'], lines)).stdout);
    expect(answers).toMatchObject([{ ok: true }, { ok: false, error: { code: 'task_not_found' } }, { ok: true }]);
    expect(idsOnDisk(workspace.root, QUEUE)).toEqual(['RQ-0003']);
    expect(idsOnDisk(workspace.root, DONE)).toEqual(['RQ-0001', 'RQ-0002']);
    expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0001']);
  });

  it('refuses an order that it cannot read, by its line', async () => {
    const { status, stderr } = await ralphState(
      temporaryRepository().root,
      ['apply', '--answer'],
      '{"type":"task.select","exclude":"A"}\n',
    );
    expect({ status, message: errorRecord(stderr)['message'] }).toEqual({
      status: 65,
      message: expect.stringMatching(/^line 1 .*exclude/),
    });
  });

  it('ends as on SIGTERM when its leash is cut, with what it was told on the disk', async () => {
    const { root } = temporaryRepository();
    const { status, stdout } = await ralphState(root, ['apply', '--answer', '--leash'], stream(agentStarted()));
    expect({ status, answers: records(stdout) }).toMatchObject({ status: 143, answers: [{ ok: true, revision: 1 }] });
    expect(stateOnDisk(root).workers).toHaveLength(1);
  });
});

describe('ralph-state apply, when a task has landed', () => {
  it('moves it from the queue to the done file', async () => {
    const { root, read } = withQueue('RQ-0001', 'RQ-0002');
    expect(await ralphState(root, ['apply'], stream(...LANDING))).toMatchObject({ status: 0 });
    expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0002']);
    const { tasks } = JSON.parse(read(DONE)) as { tasks: Record<string, string>[] };
    expect(tasks).toMatchObject([{ id: 'RQ-0001', status: 'done', title: 'Task RQ-0001' }]);
    expect(tasks[0]?.['completed_at']).toBe(tasks[0]?.['updated_at']);
  });

  it('leaves the files alone when git carries them', async () => {
    const { root, git, read } = withQueue('RQ-0001');
    git('add', '-f', QUEUE);
    const before = read(QUEUE);
    expect(await ralphState(root, ['apply'], stream(...LANDING))).toMatchObject({ status: 0 });
    expect(read(QUEUE)).toBe(before);
    expect(idsOnDisk(root, DONE)).toEqual([]);
    expect(records((await ralphState(root, ['task', 'list', '--runnable'])).stdout)).toEqual([]);
  });

  it('does not mind a task that came from elsewhere', async () => {
    const { root } = withQueue('RQ-0002');
    expect(await ralphState(root, ['apply'], stream(...LANDING))).toMatchObject({ status: 0, stderr: '' });
    expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0002']);
  });

  it('records the landing even when the queue cannot be read, and then fails', async () => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, '{"version":1,');
    const { status, stderr } = await ralphState(root, ['apply'], stream(...LANDING, agentStarted({ task: 'RQ-0002' })));
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 65, code: 'queue_corrupt' });
    expect(stateOnDisk(root).workers).toMatchObject([
      { lifecycle: 'completed', pushed_commit: HEAD },
      { task_id: 'RQ-0002' },
    ]);
    expect(read(QUEUE)).toBe('{"version":1,');
  });
});
