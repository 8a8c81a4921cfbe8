import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { signalProcess } from '@ralph/protocol/process/process-list';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import type { RecordedTree } from '@ralph/protocol/contract/tree-record';
import { endStrays } from '../../src/process/end-strays.ts';

/** Starts a process with nothing of us in its environment, in a session of its own, whose parent is gone; its pid. */
function bare(cwd: string): number {
  const script = 'env -i PATH="$PATH" setsid sleep 300 >/dev/null 2>&1 & echo $!';
  const pid = Number(execFileSync('sh', ['-c', script], { cwd, encoding: 'utf8' }));
  onTestFinished(() => signalProcess(pid, 'SIGKILL'));
  return pid;
}

function isLiving(pid: number): boolean {
  return identityOf(pid) !== undefined;
}

function newWorkspace(): string {
  const workspace = join(temporaryFolder(), 'work');
  mkdirSync(workspace);
  return workspace;
}

/** An agent as it is written down, whose mark nobody carries. */
function recorded(pid: number, startTime?: string): RecordedTree {
  const identity = identityOf(pid);
  const { start_time = '', boot_id = '' } = identity ?? {};
  return { attempt: 1, pid, start_time: startTime ?? start_time, boot_id, mark: `${'0'.repeat(16)}.00000000` };
}

it('ends the agent that is written down, though it has cleared its environment and works elsewhere', async () => {
  const agent = bare('/');
  expect(await endStrays(newWorkspace(), recorded(agent))).toEqual({ found: true, left: false });
  expect(isLiving(agent)).toBe(false);
});

it('leaves alone a process that has only the number of the agent', async () => {
  const stranger = bare('/');
  expect(await endStrays(newWorkspace(), recorded(stranger, '1'))).toEqual({ found: false, left: false });
  expect(await endStrays(newWorkspace(), { ...recorded(stranger), boot_id: 'another' })).toMatchObject({
    found: false,
  });
  expect(isLiving(stranger)).toBe(true);
});

it('ends who works in the folder of the workspace, and nobody beside it', async () => {
  const workspace = newWorkspace();
  mkdirSync(join(workspace, 'below'));
  mkdirSync(`${workspace}-more`);
  const [inside, beside] = [bare(join(workspace, 'below')), bare(`${workspace}-more`)];
  await endStrays(workspace);
  expect([isLiving(inside), isLiving(beside)]).toEqual([false, true]);
});
