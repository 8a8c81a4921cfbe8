import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { QUEUE, ralphState } from './support/repository.ts';

describe('ralph-state task validate', () => {
  it('counts the tasks of a valid pair', async () => {
    const { root, write } = temporaryRepository();
    write(QUEUE, '{"version":1,"tasks":[{"id":"A","title":"a"},{"id":"B","title":"b"},],}');
    const { status, stdout } = await ralphState(root, ['task', 'validate']);
    expect({ status, records: records(stdout) }).toMatchObject({
      status: 0,
      records: [{ valid: true, queued: 2, done: 0 }],
    });
  });

  it('names every problem with file and line, and changes nothing', async () => {
    const { root, queue, read } = temporaryRepository();
    queue([queueTask('A', { depends_on: ['B'] }), queueTask('B', { depends_on: ['A', 'X'] }), queueTask('a/b')]);
    const before = read(QUEUE);
    const { status, stdout, stderr } = await ralphState(root, ['task', 'validate']);
    expect({ status, stdout, error: errorRecord(stderr) }).toMatchObject({
      status: 65,
      stdout: '',
      error: {
        code: 'queue_invalid',
        details: { problems: [{ id: 'B', line: 22, column: 9 }, { id: 'a/b' }, { id: 'A' }] },
      },
    });
    for (const words of ['depends on X', 'cannot name a folder', 'circle: A -> B -> A'])
      expect(stderr).toContain(words);
    expect(read(QUEUE)).toBe(before);
  });
});

it('task validate warns of what stops nothing, on stderr only', async () => {
  const { root, write } = temporaryRepository();
  write(QUEUE, '{"version":1,"tasks":[\n  {"id":"A","title":"a",\n   "scheduled_start":"soon"}]}');
  const { status, stdout, stderr } = await ralphState(root, ['task', 'validate']);
  expect({ status, records: records(stdout) }).toMatchObject({ status: 0, records: [{ valid: true, queued: 1 }] });
  expect(stderr.split('\n').map((line) => line.replace(/^ralph-state: warning: \S*queue\.jsonc/, ''))).toEqual([
    ':2:3: A: has no created_at; ralph-agent-loop asks for it',
    ':2:3: A: has no updated_at; ralph-agent-loop asks for it',
    ':3:22: A: scheduled_start "soon" cannot be read: the task counts as due',
    '',
  ]);
  expect((await ralphState(root, ['task', 'validate', '--quiet'])).stderr).toBe('');
});
