import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { QUEUE, ralphState, STATE } from './support/repository.ts';

const COUNT = 100_000;
const LAST = `RQ-${COUNT - 1}`;
const COMMIT = 'a'.repeat(40);

function record(number: number): object {
  const id = `RQ-${number}`;
  return {
    task_id: id,
    workspace_path: `/home/somebody/work/repository.workspaces/${id}`,
    lifecycle: 'completed',
    started_at: '2026-01-01T00:00:00.000Z',
    completed_at: '2026-01-01T00:01:00.000Z',
    push_attempts: 1,
    title: `Mend what is wrong with part ${number}`,
    attempt: 1,
    identity: { pid: 4242, start_time: '123456', boot_id: '0b8d6fd0-6b1e-4c76-a5ad-4a1a0d0ff000' },
    base_commit: COMMIT,
    head_commit: COMMIT,
    pushed_commit: COMMIT,
    log_path: `/home/somebody/work/repository/.ralph/logs/parallel/${id}.1.log`,
  };
}

it('reads, changes and says what is wrong in a state file of a hundred thousand records', async () => {
  const { root, write } = temporaryRepository();
  const workers = Array.from({ length: COUNT }, (_, index) => record(index));
  const text = JSON.stringify(
    { schema_version: 3, started_at: 't', target_branch: 'main', workers, revision: 1 },
    null,
    2,
  );
  write(STATE, `${text}\n`);
  expect((await ralphState(root, ['remove', LAST])).status).toBe(0);
  const left = JSON.parse(readFileSync(join(root, STATE), 'utf8')) as { workers: object[] };
  expect(left.workers).toStrictEqual(workers.slice(0, -1));
  write(STATE, text.replace(`"task_id": "${LAST}"`, '"task_id": 7'));
  const { status, stderr } = await ralphState(root, ['get', LAST]);
  const line = text.slice(0, text.indexOf(`"${LAST}"`)).split('\n').length;
  expect({ status, error: errorRecord(stderr) }).toMatchObject({
    status: 65,
    error: { code: 'state_corrupt', message: expect.stringContaining(`:${line}:`) as string },
  });
});

it('chooses among a hundred thousand tasks', async () => {
  const { root, write } = temporaryRepository();
  const about = { tags: ['a', 'b'], scope: ['src/part'], priority: 'high', description: 'x'.repeat(200) };
  const tasks = Array.from({ length: COUNT }, (_, index) => queueTask(`RQ-${index}`, about));
  write(QUEUE, JSON.stringify({ version: 1, tasks }, null, 2));
  const { status, stdout } = await ralphState(root, ['task', 'next', '--exclude', 'RQ-0']);
  expect({ status, ids: records(stdout).map(({ id }) => id) }).toEqual({ status: 0, ids: ['RQ-1'] });
});
