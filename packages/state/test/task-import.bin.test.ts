import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { idsOnDisk, QUEUE, ralphState } from './support/repository.ts';

const COMMENTED = `// ours
{ "version": 1, "tasks": [
  { "id": "RQ-0001", "title": "one", "theirs": 1.50 }, // soon
] }
`;

function lines(...tasks: readonly object[]): string {
  return tasks.map((task) => `${JSON.stringify(task)}\n`).join('');
}

describe('ralph-state task import', () => {
  it('adds every task in order, whatever the order of their dependencies, and leaves the rest as it is', async () => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const stdin = lines(
      { title: 'last', depends_on: ['RQ-0010', 'RQ-0001'], mine: 7, attempt: 2 },
      { id: 'RQ-0010', title: 'first', status: 'draft' },
      { title: 'next' },
    );
    const { status, stdout } = await ralphState(root, ['task', 'import'], stdin);
    expect({ status, tasks: records(stdout) }).toMatchObject({
      status: 0,
      tasks: [
        { id: 'RQ-0011', status: 'todo', mine: 7 },
        { id: 'RQ-0010', status: 'draft' },
        { id: 'RQ-0012', title: 'next' },
      ],
    });
    expect(stdout).not.toContain('attempt');
    expect(read(QUEUE).startsWith(COMMENTED.slice(0, COMMENTED.indexOf('] }')))).toBe(true);
    expect(records((await ralphState(root, ['task', 'list'])).stdout).slice(1)).toEqual(records(stdout));
  });

  it.each([
    ['a bad line', '{"title":"a"}\n\n{"title":', 'bad_line', 'line 3 of stdin: not valid JSON'],
    ['a task without title', lines({ title: 'a' }, { id: 'B' }), 'bad_line', 'line 2 of stdin: task: title'],
    ['a blank title', lines({ title: 'a' }, { title: ' ' }), 'queue_invalid', 'line 2 of stdin: title is blank'],
    ['an unsafe id', lines({ title: 'a' }, { id: 'a/b', title: 'b' }), 'task_unsafe_id', 'line 2 of stdin: "a/b"'],
    ['an id that is taken', lines({ title: 'a' }, { id: 'RQ-0001', title: 'b' }), 'task_exists', 'line 2 of stdin'],
    [
      'an id given twice',
      lines({ id: 'B', title: 'a' }, { id: 'B', title: 'b' }),
      'task_exists',
      'line 1 has a task B',
    ],
    [
      'a dependency on nothing',
      lines({ title: 'a' }, { title: 'b', depends_on: ['RQ-9'] }),
      'queue_invalid',
      'line 2 of stdin: RQ-0003: depends on RQ-9, which is in neither file',
    ],
    [
      'a circle',
      lines({ id: 'A', title: 'a', depends_on: ['B'] }, { id: 'B', title: 'b', depends_on: ['A'] }),
      'queue_invalid',
      'line 1 of stdin: A: the dependencies form a circle: A -> B -> A',
    ],
    ['a time of elsewhere', lines({ title: 'a', created_at: '2026-01-01' }), 'queue_invalid', 'line 1 of stdin'],
  ])('adds nothing where there is %s', async (_what, stdin, code, words) => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const { status, stdout, stderr } = await ralphState(root, ['task', 'import'], stdin);
    expect({ status, stdout, error: errorRecord(stderr) }).toMatchObject({
      status: 65,
      stdout: '',
      error: { code, message: expect.stringContaining(words) },
    });
    expect(read(QUEUE)).toBe(COMMENTED);
  });

  it('says so when it was given nothing', async () => {
    const { root } = temporaryRepository();
    const { status, stderr } = await ralphState(root, ['task', 'import']);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 64, code: 'usage' });
  });

  it('takes a thousand tasks into a queue of a thousand', async () => {
    const { root, queue } = temporaryRepository();
    queue(Array.from({ length: 1000 }, (_, index) => queueTask(`RQ-${String(index + 1).padStart(4, '0')}`)));
    const added = Array.from({ length: 1000 }, (_, index) => ({ title: `task ${index}`, depends_on: ['RQ-1000'] }));
    expect(await ralphState(root, ['task', 'import', '--quiet'], lines(...added))).toMatchObject({ status: 0 });
    expect(idsOnDisk(root, QUEUE).slice(998, 1002)).toEqual(['RQ-0999', 'RQ-1000', 'RQ-1001', 'RQ-1002']);
    expect(idsOnDisk(root, QUEUE)).toHaveLength(2000);
  });

  it('loses nothing of what others add meanwhile', async () => {
    const { root } = temporaryRepository();
    const imports = ['a', 'b', 'c'].map((name) => {
      const tasks = Array.from({ length: 20 }, (_, index) => ({ title: `${name}${index}` }));
      return ralphState(root, ['task', 'import'], lines(...tasks));
    });
    const all = await Promise.all([...imports, ralphState(root, ['task', 'add', '--title', 'one more'])]);
    expect(all.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(new Set(idsOnDisk(root, QUEUE)).size).toBe(61);
  });
});

describe('ralph-state task add with options', () => {
  it('stores what they say', async () => {
    const { root, write } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const args = ['--title', 'Test it', '--description', 'all of it', '--priority', 'high', '--depends-on', 'RQ-0001'];
    const { stdout } = await ralphState(root, [
      'task',
      'add',
      ...args,
      '--draft',
      '--agent',
      'codex',
      '--model',
      'gpt-5.4',
    ]);
    expect(records(stdout)).toMatchObject([
      {
        id: 'RQ-0002',
        title: 'Test it',
        status: 'draft',
        description: 'all of it',
        priority: 'high',
        depends_on: ['RQ-0001'],
        agent: { runner: 'codex', model: 'gpt-5.4' },
      },
    ]);
  });

  it.each([
    ['a priority that there is not', ['--title', 't', '--priority', 'urgent'], 64, '--priority "urgent"'],
    ['options without a title', ['--draft'], 64, 'go with --title'],
    ['an agent without a title', ['--agent', 'codex'], 64, 'go with --title'],
    ['a dependency on nothing', ['--title', 't', '--depends-on', 'RQ-9'], 65, 'RQ-0002: depends on RQ-9'],
  ])('refuses %s', async (_what, args, status, words) => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, COMMENTED);
    const end = await ralphState(root, ['task', 'add', ...args]);
    expect({ status: end.status, message: errorRecord(end.stderr)['message'] }).toEqual({
      status,
      message: expect.stringContaining(words),
    });
    expect(read(QUEUE)).toBe(COMMENTED);
  });
});
