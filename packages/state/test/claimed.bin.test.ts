import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { agentStarted, stream, workspaceReady } from './support/events.ts';
import { ralphState, stateOnDisk } from './support/repository.ts';

it('takes nobody for lost who is between two steps and has claimed the task', async ({ skip }) => {
  skip(process.platform !== 'linux', 'there is no /proc here');
  const { root, queue } = temporaryRepository();
  queue([queueTask('RQ-0001')]);
  await ralphState(root, ['apply'], stream(workspaceReady()));
  const claims = join(root, '.ralph/cache/parallel/claims');
  mkdirSync(claims);
  const claim = openSync(join(claims, 'RQ-0001.lock'), 'w');
  const lost = async () => records((await ralphState(root, ['list'])).stdout).map((record) => record['lost']);
  expect(await lost()).toEqual([undefined]);
  expect(JSON.parse((await ralphState(root, ['status'])).stdout)).toMatchObject({ lost: [], queue: { runnable: 0 } });
  expect((await ralphState(root, ['init'])).status).toBe(0);
  expect(stateOnDisk(root).workers).toMatchObject([{ lifecycle: 'running' }]);
  expect(errorRecord((await ralphState(root, ['retry', 'RQ-0001'])).stderr)['code']).toBe('record_active');
  expect((await ralphState(root, ['task', 'next'])).stdout).toBe('');
  expect((await ralphState(root, ['apply'], stream(agentStarted()))).status).toBe(0);

  closeSync(claim);
  expect(await lost()).toEqual([true]);
  expect(JSON.parse((await ralphState(root, ['status'])).stdout)).toMatchObject({
    lost: ['RQ-0001'],
    queue: { runnable: 1 },
  });
});
