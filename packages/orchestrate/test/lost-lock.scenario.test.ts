import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorRecord, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { processesOf } from './support/leftovers.ts';

it('a run whose lock file is removed ends with 74, says so, leaves nothing running, and the next run lands', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue([queueTask('RQ-0001')]);
  const hold = join(folder, 'hold');
  writeFileSync(hold, '');
  const body = `touch "${folder}/started"; while [ -e "${hold}" ]; do sleep 0.05; done; echo x > x.txt`;
  const agent = scriptedCommand(folder, 'agent', body);
  const child = startProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
  const ended = transcriptOf(child);
  await waitUntil('the agent', () => existsSync(join(folder, 'started')));
  rmSync(join(root, '.ralph/loop.lock'));
  const { status, stderr } = await ended;
  expect([status, errorRecord(stderr)['code']]).toEqual([74, 'lock_lost']);
  await waitUntil('nothing of the run is alive', () => processesOf(folder).length === 0);
  rmSync(hold);
  expect(await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root })).toMatchObject({ status: 0 });
  expect(repository.gitOrigin('ls-tree', '--name-only', 'main').split('\n')).toEqual(['README.md', 'x.txt']);
});

it('an agent that asks for the loop lock is told at once that its own run holds it', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue([queueTask('RQ-0001')]);
  const lock = `"${process.execPath}" "${new URL('../../lock/bin/ralph-lock.cjs', import.meta.url).pathname}"`;
  const agent = scriptedCommand(folder, 'agent', `${lock} run --repo "${root}" --wait -- true; echo $? > x.txt`);
  expect(await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root })).toMatchObject({ status: 0 });
  expect(repository.gitOrigin('show', 'main:x.txt')).toBe('75');
});
