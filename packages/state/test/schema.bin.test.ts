import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { ralphState } from './support/repository.ts';

const FILES = [
  'state-file',
  'queue-file',
  'status-document',
  'event.task.completed',
  'order.task.select',
  'error',
  'exit-status',
];

describe('ralph-state schema', () => {
  it('lists the names, outside a repository too', async () => {
    const { status, stdout } = await ralphState(temporaryFolder(), ['schema']);
    expect(status).toBe(0);
    expect(records(stdout).map(({ name }) => name)).toEqual(expect.arrayContaining(FILES));
  });

  it('prints one as JSON Schema', async () => {
    const { stdout } = await ralphState(temporaryFolder(), ['schema', 'state-file']);
    expect(records(stdout)).toMatchObject([
      { $schema: expect.stringContaining('2020-12'), title: 'state-file', properties: { workers: { type: 'array' } } },
    ]);
  });

  it('prints all of them with --all, one per line, the same as one by one', async () => {
    const [names, all] = await Promise.all([
      ralphState(temporaryFolder(), ['schema']),
      ralphState(temporaryFolder(), ['schema', '--all']),
    ]);
    const every = records(all.stdout);
    expect(every.map(({ name }) => name)).toEqual(records(names.stdout).map(({ name }) => name));
    const [one] = records((await ralphState(temporaryFolder(), ['schema', 'event.task.completed'])).stdout);
    expect(every.find(({ name }) => name === 'event.task.completed')?.['schema']).toEqual(one);
  });

  it('names the nearest one of an unknown name', async () => {
    const { status, stderr } = await ralphState(temporaryFolder(), ['schema', 'statefile']);
    expect({ status, error: errorRecord(stderr) }).toMatchObject({
      status: 6,
      error: { code: 'schema_not_found', message: 'no schema statefile; did you mean state-file?' },
    });
  });
});

describe('ralph-state', () => {
  it.each([
    [['lst'], 'unknown command lst; did you mean list?'],
    [['task', 'nex'], 'unknown command task nex; did you mean task next?'],
    [['init', '--target-branch', 'a', '--target-branch', 'b'], '--target-branch was given'],
    [['get'], 'get needs ID'],
    [['get', 'A', 'B'], 'unexpected "B"'],
    [['task', 'add', 'Mend it'], `unexpected "Mend it": did you mean --title 'Mend it'?`],
    [['list', '--life', 'failed'], 'unknown option --life'],
  ])('%j is a usage error of one line', async (args, message) => {
    const { status, stdout, stderr } = await ralphState(temporaryFolder(), args);
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(errorRecord(stderr)['message']).toContain(message);
    expect(stderr.split('\n')[0]).toMatch(/^ralph-state: .*; try ralph-state (\w+ )*--help$/);
  });

  it('says where it was when there is no repository', async () => {
    const folder = temporaryFolder();
    const { status, stderr } = await ralphState(folder, ['list']);
    expect({ status, error: errorRecord(stderr) }).toMatchObject({
      status: 78,
      error: { code: 'not_a_repository', message: expect.stringContaining(folder) },
    });
  });
});
