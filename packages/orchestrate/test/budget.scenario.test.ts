import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { HeldAgent } from './support/held-agent.ts';
import { leftovers } from './support/leftovers.ts';

it('finishes what runs when its time is over, starts nothing more, and ends with 5', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  const agent = new HeldAgent(repository);
  const args = ['run', '--workers', '1', '--max-time', '1', '--', agent.command];
  const child = startProgram('ralph-orchestrate', args, { cwd: repository.root });
  let told = '';
  child.stdout.on('data', (text: Buffer) => (told += text.toString()));
  const ended = transcriptOf(child);
  await waitUntil('the time is over', () => told.includes('"run.stopping"'));
  agent.letGo();
  const { status, stdout, stderr } = await ended;
  expect(status).toBe(5);
  expect(records(stdout)).toContainEqual(
    expect.objectContaining({ type: 'run.stopping', stop_reason: 'budget', reason: '1 s are over (--max-time)' }),
  );
  expect(records(stdout).at(-1)).toMatchObject({ outcome: 'limit', stop_reason: 'budget', landed: agent.begun });
  expect(agent.begun.length).toBeLessThanOrEqual(1);
  expect(errorRecord(stderr)).toMatchObject({ code: 'budget_spent', exit: 5 });
  expect(leftovers(repository)).toEqual([]);
});

it('is no limit when everything was done in its time', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  const agent = scriptedCommand(repository.folder, 'agent', 'echo x > x.txt');
  const run = await runProgram('ralph-orchestrate', ['run', '--max-time', '1h', '--', agent], { cwd: repository.root });
  expect(run.status).toBe(0);
  expect(records(run.stdout).at(-1)).toMatchObject({ outcome: 'completed' });
});

it('refuses a budget that is none before anything is begun', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  writeFileSync(join(repository.folder, 'none'), '');
  for (const words of [
    ['--max-cost', '-1'],
    ['--max-tokens', 'many'],
    ['--max-time', '0'],
  ]) {
    const run = await runProgram('ralph-orchestrate', ['run', ...words, '--', 'true'], { cwd: repository.root });
    expect([run.status, errorRecord(run.stderr)['code']]).toEqual([64, 'usage']);
  }
  expect(existsSync(join(repository.root, '.ralph/logs'))).toBe(false);
});
