import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { DONE, idsOnDisk, QUEUE, ralphState, STATE } from './support/repository.ts';

const COMMENTED = `// what is to be done
{
  "version": 1,
  "tasks": [
    // urgent
    { "id": "RQ-0001", "title": "one", "theirs": 1.50 }, // soon
    {
      "id": "RQ-0002", // the second
      "title": "two",
      "depends_on": ["RQ-0001"],
    }, // later
  ],
}
`;

function ids(stdout: string): unknown[] {
  return records(stdout).map(({ id }) => id);
}

describe('ralph-state task list', () => {
  it('prints the queue as it stands and leaves the file as it is, trailing commas and all (M13)', async () => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const { status, stdout } = await ralphState(root, ['task', 'list']);
    expect(status).toBe(0);
    expect(records(stdout)[0]).toEqual({ id: 'RQ-0001', title: 'one', theirs: 1.5 });
    expect(ids((await ralphState(root, ['task', 'list', '--runnable'])).stdout)).toEqual(['RQ-0001']);
    expect(read(QUEUE)).toBe(COMMENTED);
  });

  it('prints with --runnable what could start, best first, with the attempt it would be', async () => {
    const { root, queue, write } = temporaryRepository();
    queue([
      queueTask('RQ-0005', { status: 'draft' }),
      queueTask('RQ-0003'),
      queueTask('RQ-0001', { status: 'doing' }),
      queueTask('RQ-0002', { depends_on: ['RQ-0003'] }),
      queueTask('RQ-0004'),
    ]);
    const workers = [
      { task_id: 'RQ-0003', lifecycle: 'failed', attempt: 2 },
      { task_id: 'RQ-0004', lifecycle: 'blocked_push', attempt: 1 },
    ];
    write(STATE, JSON.stringify({ schema_version: 3, workers }));
    const { stdout } = await ralphState(root, ['task', 'list', '--runnable']);
    expect(records(stdout).map(({ id, attempt }) => [id, attempt])).toEqual([
      ['RQ-0001', undefined],
      ['RQ-0003', 3],
    ]);
    const drafts = await ralphState(root, ['task', 'list', '--runnable', '--include-draft']);
    expect(ids(drafts.stdout)).toEqual(['RQ-0001', 'RQ-0003', 'RQ-0005']);
  });

  it('prints nothing where there is no queue', async () => {
    const { root } = temporaryRepository();
    expect(await ralphState(root, ['task', 'list'])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('shows a table to a person', async () => {
    const { root, write } = temporaryRepository();
    write(QUEUE, COMMENTED);
    expect((await ralphState(root, ['task', 'list', '--format', 'table'])).stdout).toBe(
      'TASK     STATUS  DEPENDS ON  TITLE\nRQ-0001  todo                one\nRQ-0002  todo    RQ-0001     two\n',
    );
  });
});

describe('ralph-state task next', () => {
  it('prints the first task that could start, other than those excluded', async () => {
    const { root, queue } = temporaryRepository();
    queue([queueTask('RQ-0002'), queueTask('RQ-0001'), queueTask('RQ-0003')]);
    expect(ids((await ralphState(root, ['task', 'next'])).stdout)).toEqual(['RQ-0002']);
    const args = ['task', 'next', '--exclude', 'RQ-0002', '--exclude', 'RQ-0001'];
    expect(ids((await ralphState(root, args)).stdout)).toEqual(['RQ-0003']);
  });

  it('prints nothing, with status 0, when none could', async () => {
    const { root, queue } = temporaryRepository();
    queue([queueTask('RQ-0001', { scheduled_start: '2999-01-01T00:00:00Z' })]);
    expect(await ralphState(root, ['task', 'next'])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('refuses a queue with one id twice, says where, and changes nothing (M13)', async () => {
    const { root, queue, read } = temporaryRepository();
    queue([queueTask('RQ-0001'), queueTask('RQ-0001')]);
    const before = read(QUEUE);
    const { status, stdout, stderr } = await ralphState(root, ['task', 'next']);
    expect({ status, stdout, error: errorRecord(stderr) }).toMatchObject({
      status: 65,
      stdout: '',
      error: {
        code: 'queue_invalid',
        message: expect.stringMatching(/queue\.jsonc:12:13: RQ-0001: the id occurs twice/),
      },
    });
    expect(read(QUEUE)).toBe(before);
  });
});

describe('ralph-state task add', () => {
  it('makes the queue file with a first task', async () => {
    const { root } = temporaryRepository();
    const { status, stdout } = await ralphState(root, ['task', 'add', '--title', 'Mend the login page']);
    expect({ status, records: records(stdout) }).toMatchObject({
      status: 0,
      records: [{ id: 'RQ-0001', status: 'todo', title: 'Mend the login page' }],
    });
    expect(ids((await ralphState(root, ['task', 'list'])).stdout)).toEqual(['RQ-0001']);
  });

  it('adds a task per line of stdin, numbered on from both files, behind the comments of others', async () => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    write(
      DONE,
      JSON.stringify({
        version: 1,
        tasks: [queueTask('RQ-0041', { status: 'done', completed_at: '2026-01-01T00:00:00Z' })],
      }),
    );
    const lines = '{"title":"three","depends_on":["RQ-0041"],"mine":1}\n{"id":"X-1","title":"four","status":"draft"}\n';
    expect(records((await ralphState(root, ['task', 'add'], lines)).stdout)).toMatchObject([
      { id: 'RQ-0042', status: 'todo', mine: 1 },
      { id: 'X-1', status: 'draft' },
    ]);
    expect(read(QUEUE).startsWith(COMMENTED.slice(0, COMMENTED.indexOf('  ],\n}')))).toBe(true);
    expect(ids((await ralphState(root, ['task', 'list'])).stdout)).toEqual(['RQ-0001', 'RQ-0002', 'RQ-0042', 'X-1']);
  });

  it.each([
    ['an id that is taken', '{"id":"RQ-0002","title":"t"}', 'task_exists', 'RQ-0002'],
    ['an id that cannot name a folder', '{"id":"a/b","title":"t"}', 'task_unsafe_id', 'a/b'],
    ['a task without title', '{"id":"RQ-0003"}', 'bad_line', 'line 1 of stdin: task: title'],
    ['an unknown dependency', '{"title":"t","depends_on":["RQ-9"]}', 'queue_invalid', 'depends on RQ-9'],
    ['a line that is not JSON', 'title: t', 'bad_line', 'line 1 of stdin'],
  ])('refuses %s and changes nothing', async (_title, line, code, words) => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const { status, stderr } = await ralphState(root, ['task', 'add'], `${line}\n`);
    expect({ status, error: errorRecord(stderr) }).toMatchObject({
      status: 65,
      error: { code, message: expect.stringContaining(words) },
    });
    expect(read(QUEUE)).toBe(COMMENTED);
  });

  it.each([
    ['that is blank', '   ', 'is blank'],
    ['with a line break', 'one\ntwo', 'holds a control character'],
    ['that would clear the screen', 'a\u001b[2Jb', 'holds a control character'],
    ['with a control character above ASCII', 'a\u009bb', 'holds a control character'],
  ])('refuses a title %s, from the option and from stdin', async (_what, title, problem) => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const ways = [
      { args: ['--title', title], stdin: '', where: '--title' },
      { args: [], stdin: `\n${JSON.stringify({ title })}\n`, where: 'line 2 of stdin: title' },
    ];
    for (const { args, stdin, where } of ways) {
      const { status, stderr } = await ralphState(root, ['task', 'add', ...args], stdin);
      expect({ status, error: errorRecord(stderr) }).toMatchObject({
        status: 65,
        error: { code: 'queue_invalid', message: expect.stringContaining(`${where} ${problem}`) },
      });
      expect(stderr).not.toContain('\u001b');
    }
    expect(read(QUEUE)).toBe(COMMENTED);
  });

  it('tells a person what it added in a line of words', async () => {
    const { root } = temporaryRepository();
    const add = (args: string[], stdin = '') => ralphState(root, ['task', 'add', '--format', 'table', ...args], stdin);
    expect((await add(['--title', 'Mend it'])).stdout).toBe('added RQ-0001: Mend it\n');
    expect((await add([], '{"title":"two"}\n{"title":"three"}\n')).stdout).toBe(
      'added RQ-0002: two\nadded RQ-0003: three\n',
    );
  });

  it('says so when it was given nothing', async () => {
    expect(await ralphState(temporaryRepository().root, ['task', 'add'])).toMatchObject({ status: 64 });
  });
});

describe('ralph-state task archive', () => {
  it('moves a task with its comments and leaves every other byte of the queue', async () => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const { status, stdout } = await ralphState(root, ['task', 'archive', 'RQ-0002']);
    expect({ status, records: records(stdout) }).toMatchObject({
      status: 0,
      records: [{ id: 'RQ-0002', status: 'done' }],
    });
    const [from, to] = [COMMENTED.indexOf('    {\n      "id": "RQ-0002"'), COMMENTED.indexOf(' // later')];
    expect(read(QUEUE).replace(/[ ]*\/\/ later/, '')).toBe(
      `${COMMENTED.slice(0, from)}${COMMENTED.slice(to)}`.replace(/[ ]*\/\/ later/, ''),
    );
    expect(read(QUEUE)).toContain('// later');
    expect(read(DONE)).toContain('"id": "RQ-0002", // the second\n');
  });

  it('is content with a task that is archived already, and writes nothing', async () => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    await ralphState(root, ['task', 'archive', 'RQ-0001']);
    const before = [read(QUEUE), read(DONE)];
    expect(before[1]).toContain('1.50');
    expect(await ralphState(root, ['task', 'archive', 'RQ-0001'])).toMatchObject({ status: 0 });
    expect([read(QUEUE), read(DONE)]).toEqual(before);
  });

  it('says that there is no such task', async () => {
    const { root, write } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const { status, stderr } = await ralphState(root, ['task', 'archive', 'RQ-0009']);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 6, code: 'task_not_found' });
  });

  it('leaves both files as they are when the done file cannot be read', async () => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    write(DONE, '{"version":1,"tasks":[}');
    const { status, stderr } = await ralphState(root, ['task', 'archive', 'RQ-0001']);
    expect({ status, message: errorRecord(stderr)['message'] }).toEqual({
      status: 65,
      message: expect.stringContaining('done.jsonc:1:23'),
    });
    expect([read(QUEUE), read(DONE)]).toEqual([COMMENTED, '{"version":1,"tasks":[}']);
  });

  it.each([
    ['task next', ['task', 'next']],
    ['task add', ['task', 'add', '--title', 'new']],
    ['task archive', ['task', 'archive', 'RQ-0001']],
  ])('killed between its two writes, is finished by the next %s', async (_title, args) => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    await ralphState(root, ['task', 'archive', 'RQ-0001']);
    const done = read(DONE);
    write(QUEUE, COMMENTED);
    expect(await ralphState(root, args)).toMatchObject({ status: 0 });
    expect(ids((await ralphState(root, ['task', 'list'])).stdout)).not.toContain('RQ-0001');
    expect(read(DONE)).toBe(done);
    expect(read(QUEUE)).toContain('// urgent');
  });
});

it('the queue and the done file never hold a task twice or lose one while several programs edit them', async () => {
  const { root, queue } = temporaryRepository();
  const old = ['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'];
  queue(old.map((id) => queueTask(id)));
  const edits = old.flatMap((id) => [
    ralphState(root, ['task', 'archive', id]),
    ralphState(root, ['task', 'add', '--title', `after ${id}`]),
  ]);
  for (const { status } of await Promise.all(edits)) expect(status).toBe(0);
  expect(idsOnDisk(root, DONE).toSorted()).toEqual(old);
  expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0005', 'RQ-0006', 'RQ-0007', 'RQ-0008']);
});
