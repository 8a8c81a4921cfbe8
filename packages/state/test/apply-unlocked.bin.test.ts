import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { agentStarted, stream } from './support/events.ts';
import { ralphState } from './support/repository.ts';

it('answers lines that change no file while somebody else holds the write lock', async () => {
  const repository = temporaryRepository();
  const { root } = repository;
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  expect((await ralphState(root, ['apply'], stream(agentStarted()))).status).toBe(0);
  const lock = join(root, '.ralph/cache/parallel/state.lock');
  const holder = spawn('flock', [lock, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const lines = stream({ type: 'state.look' }, { type: 'task.select', exclude: ['RQ-0001'] });
  const { status, stdout } = await ralphState(root, ['apply', '--answer'], lines);
  expect({ status, answers: records(stdout) }).toMatchObject({
    status: 0,
    answers: [
      { ok: true, revision: 1 },
      { ok: true, revision: 1, task: { id: 'RQ-0002' } },
    ],
  });
  holder.stdin.end();
  await once(holder, 'exit');
});
