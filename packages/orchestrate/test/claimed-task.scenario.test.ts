import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

it('goes on without a task that another process is working on, and says so', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  const claims = join(repository.root, '.ralph/cache/parallel/claims');
  mkdirSync(claims, { recursive: true });
  const holder = spawn('flock', [join(claims, 'RQ-0001.lock'), 'sh', '-c', 'echo held; read end'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  let said = '';
  holder.stdout.on('data', (text: Buffer) => (said += text.toString()));
  await waitUntil('the claim is held', () => said.includes('held'));
  const agent = scriptedCommand(repository.folder, 'agent', 'echo x > "$RALPH_TASK_ID.txt"');
  const { status, stdout, stderr } = await runProgram('ralph-orchestrate', ['run', '--', agent], {
    cwd: repository.root,
  });
  expect(status).toBe(2);
  expect(records(stdout).at(-1)).toMatchObject({ outcome: 'partial', landed: ['RQ-0002'], blocked: ['RQ-0001'] });
  expect(stderr).toContain('RQ-0001 is being worked on by another process');
  holder.stdin.end();
});
