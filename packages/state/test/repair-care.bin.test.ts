import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NO_ORDINARY_USER, ordinaryUser } from '@ralph/protocol/testing/ordinary-user';
import { builtProgram, errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { idsOnDisk, QUEUE, ralphState, STATE } from './support/repository.ts';

it('looks with --dry-run where it may not write', async ({ skip }) => {
  const user = ordinaryUser();
  if (user === undefined) skip(NO_ORDINARY_USER);
  const { root, write } = temporaryRepository();
  await ralphState(root, ['init']);
  write(STATE, '{"schema_version":3,"workers":[{"task_id":"A","lifecycle":"paused"}]}');
  const lock = join(root, '.ralph/cache/parallel/state.lock');
  chmodSync(lock, 0o444);
  const [program, ...words] = [...(user ?? []), process.execPath, builtProgram('ralph-state'), 'repair', '--dry-run'];
  const { status, stdout } = spawnSync(program, words, { cwd: root, env: testEnvironment(), encoding: 'utf8' });
  expect({ status, records: records(stdout) }).toMatchObject({ status: 0, records: [{ code: 'record_bad_field' }] });
});

it('takes no task for another whose numbers it cannot tell apart', async () => {
  const { root, write, read } = temporaryRepository();
  const task = JSON.stringify(queueTask('RQ-0001', { x: 1 }));
  const [one, two] = ['12345678901234567890', '12345678901234567891'].map((x) => task.replace('"x":1', `"x":${x}`));
  write(QUEUE, `{"version":1,"tasks":[\n${one},\n${two}\n]}`);
  const { stdout } = await ralphState(root, ['repair']);
  expect(records(stdout)).toMatchObject([{ code: 'task_twice_differs' }]);
  expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0001', 'RQ-0002']);
  expect(read(QUEUE)).toContain('12345678901234567891');
});

it('changes nothing where a number in the state file would come out as another one', async () => {
  const { root, write, read } = temporaryRepository();
  const text = '{"schema_version":3,"theirs":12345678901234567891,"workers":[{"task_id":"A","lifecycle":"paused"}]}';
  write(STATE, text);
  for (const args of [['repair'], ['repair', '--dry-run']]) {
    const { status, stderr } = await ralphState(root, args);
    expect([status, errorRecord(stderr)['code']]).toEqual([65, 'state_inexact']);
  }
  expect(read(STATE)).toBe(text);
});
