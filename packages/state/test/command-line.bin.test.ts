import { expect, it } from 'vitest';
import { errorRecord } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { stream, taskBlocked } from './support/events.ts';
import { ralphState, stateOnDisk } from './support/repository.ts';

it.each([[['task', '--help']], [['help', 'task']], [['--quiet', 'task', '-h']]])(
  'shows the commands on tasks: %j',
  async (args) => {
    const { status, stdout } = await ralphState(temporaryRepository().root, args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: ralph-state task COMMAND/m);
    expect(stdout).toMatch(/^ {2}task import /m);
    expect(stdout).not.toMatch(/^ {2}retry /m);
  },
);

it.each([['get'], ['remove'], ['retry'], ['wait'], ['task archive']])('takes no empty id: %s', async (command) => {
  const { status, stderr } = await ralphState(temporaryRepository().root, [...command.split(' '), '']);
  expect([status, errorRecord(stderr)['message']]).toEqual([64, `${command}: an empty ID`]);
});

it('takes no branch name that git would never have', async () => {
  const { root } = temporaryRepository();
  await ralphState(root, ['init']);
  for (const name of ['a b', '-x', 'a..b', '']) {
    expect((await ralphState(root, ['init', `--target-branch=${name}`])).status).toBe(64);
  }
  expect(stateOnDisk(root).target_branch).toBe('main');
  expect((await ralphState(root, ['init', '--target-branch', 'release/2026'])).status).toBe(0);
});

it('names the schema of an event that misses something', async () => {
  const { next_command: _next, ...event } = taskBlocked();
  const { stderr } = await ralphState(temporaryRepository().root, ['apply'], stream(event));
  expect(errorRecord(stderr)).toMatchObject({
    message: expect.stringContaining('task.blocked: next_command:'),
    hint: 'see what it must carry with ralph-state schema event.task.blocked',
  });
});
