import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { recordsOnDisk } from './support/state.ts';

const MARKER = '.ralph/cache/parallel/blocked_push.json';

it('M41, M42: blocked work is kept with its pushes and its reason; a marker that nobody can read does no harm', async () => {
  const repository = temporaryRepository();
  const { root, folder, workspaces } = repository;
  repository.queue([queueTask('RQ-0001')]);
  const refusing = join(repository.origin, 'hooks/pre-receive');
  writeFileSync(refusing, '#!/bin/sh\necho "not today"\nexit 1\n', { mode: 0o755 });
  const agent = scriptedCommand(folder, 'agent', 'echo x > x.txt');
  const run = () => runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });

  const first = await run();
  expect(first.status).toBe(2);
  const event = records(first.stdout).find(({ type }) => type === 'task.blocked');
  expect(event).toMatchObject({ task_id: 'RQ-0001', code: 'push_denied', attempts: 1 });
  const blocked = {
    task_id: 'RQ-0001',
    lifecycle: 'blocked_push',
    push_attempts: 1,
    last_error: event?.['reason'],
    completed_at: expect.any(String),
  };
  expect(event?.['reason']).toContain('not today');
  expect(recordsOnDisk(root)).toMatchObject([blocked]);
  const marker = join(workspaces, 'RQ-0001', MARKER);
  expect(JSON.parse(readFileSync(marker, 'utf8'))).toMatchObject({ task_id: 'RQ-0001', reason: event?.['reason'] });

  writeFileSync(marker, '{ no marker');
  const status = await runProgram('ralph-state', ['status'], { cwd: root });
  expect(status.status).toBe(0);
  await run();
  expect(recordsOnDisk(root)).toMatchObject([blocked]);
  expect(existsSync(join(workspaces, 'RQ-0001', 'x.txt'))).toBe(true);

  writeFileSync(refusing, '#!/bin/sh\nexit 0\n');
  const land = ['one', 'RQ-0001', '--repo', root, '--attempt', '1'];
  const landing = await runProgram('ralph-integrate', land, { cwd: root });
  expect(landing.status).toBe(0);
  await runProgram('ralph-state', ['apply'], { cwd: root, stdin: landing.stdout });
  expect(repository.gitOrigin('show', 'main:x.txt')).toBe('x');
  expect(recordsOnDisk(root)).toMatchObject([{ task_id: 'RQ-0001', lifecycle: 'completed' }]);
});
