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

it.each([
  ['--max-cost', '2', 'US$ 2 are spent, of 2 (--max-cost)'],
  ['--max-tokens', '3K', '4000 tokens are used, of 3000 (--max-tokens)'],
])('%s %s: starts nothing more once the agents have told of so much', async (flag, limit, spent) => {
  const repository = temporaryRepository();
  repository.queue(['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'].map((id) => queueTask(id)));
  const agent = scriptedCommand(
    repository.folder,
    'agent',
    `echo x > "$RALPH_TASK_ID.txt"
     echo '{"type":"ralph.usage","input_tokens":1500,"output_tokens":500,"cost_usd":1}'`,
  );
  const args = ['run', '--workers', '1', flag, limit, '--', agent];
  const run = await runProgram('ralph-orchestrate', args, { cwd: repository.root });
  expect(run.status).toBe(5);
  expect(records(run.stdout).at(-1)).toMatchObject({
    outcome: 'limit',
    stop_reason: 'budget',
    landed: ['RQ-0001', 'RQ-0002'],
    totals: { attempts: 2, unreported: 0, usage: { input_tokens: 3000, output_tokens: 1000, cost_usd: 2 } },
  });
  const error = errorRecord(run.stderr);
  expect(error).toMatchObject({ code: 'budget_spent', details: { spent } });
  expect(error).not.toHaveProperty('retry_after');
});

it('a spent budget beside a limit of the provider says when to come again', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  const agent = scriptedCommand(
    repository.folder,
    'agent',
    `echo '{"type":"ralph.usage","cost_usd":1.5}'; echo 'usage limit reached, try again in 900 seconds'; exit 1`,
  );
  const args = ['run', '--workers', '1', '--max-cost', '1', '--', agent];
  const run = await runProgram('ralph-orchestrate', args, { cwd: repository.root });
  expect(run.status).toBe(5);
  expect(errorRecord(run.stderr)).toMatchObject({ exit: 5, retry_after: expect.any(Number) });
});

it('says once that a limit cannot count what an agent does not tell, and goes on', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  const agent = scriptedCommand(repository.folder, 'agent', 'echo x > "$RALPH_TASK_ID.txt"');
  const args = ['run', '--workers', '1', '--max-cost', '0.01', '--', agent];
  const run = await runProgram('ralph-orchestrate', args, { cwd: repository.root });
  expect(run.status).toBe(0);
  expect(run.stderr.split('--max-cost cannot count')).toHaveLength(2);
  expect(records(run.stdout).at(-1)).toMatchObject({ totals: { unreported: 2 } });
  expect(records(run.stdout).at(-1)).not.toHaveProperty('totals.usage');
});
