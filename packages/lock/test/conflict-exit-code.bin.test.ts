import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { writeLockFile } from './foreign-holders.ts';
import { lockFile } from './holders.ts';

describe('--conflict-exit-code', () => {
  it('is the status of a refusal, at once and after a wait, and of nothing else', async () => {
    const { root } = temporaryRepository();
    writeLockFile(root, '');
    const holder = spawn('flock', [lockFile(root), 'sh', '-c', 'echo held; read -r _']);
    onTestFinished(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    const run = async (...args: readonly string[]) =>
      (await runProgram('ralph-lock', ['run', '--conflict-exit-code', '9', ...args], { cwd: root })).status;
    expect([await run('--', 'true'), await run('--wait=0.2', '--', 'true')]).toEqual([9, 9]);
    holder.stdin.end();
    await once(holder, 'close');
    expect([await run('--', 'sh', '-c', 'exit 7'), await run('--', 'no-such-command')]).toEqual([7, 127]);
  });

  it.each(['256', '-1', 'x', ''])('%j is no status', async (value) => {
    const { root } = temporaryRepository();
    const args = ['run', `--conflict-exit-code=${value}`, '--', 'true'];
    expect(await runProgram('ralph-lock', args, { cwd: root })).toMatchObject({ status: 64 });
  });
});
