import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { signalProcess } from '@ralph/protocol/process/process-list';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { writeAgentRecord } from '../src/agent/agent-record.ts';
import { endStrays } from '../src/removal/end-strays.ts';

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

function workspaceWith(agent: number | undefined): string {
  const workspace = join(temporaryFolder(), 'work');
  mkdirSync(workspace);
  const identity = agent === undefined ? undefined : identityOf(agent);
  if (identity !== undefined) writeAgentRecord(workspace, identity);
  return workspace;
}

it('ends the agent that a workspace names, though it has cleared its environment and works elsewhere', async () => {
  const agent = bare('/');
  await endStrays(workspaceWith(agent));
  expect(isLiving(agent)).toBe(false);
});

it('leaves alone a process that has only the number of the agent', async () => {
  const stranger = bare('/');
  const workspace = workspaceWith(undefined);
  const identity = identityOf(stranger);
  if (identity !== undefined) writeAgentRecord(workspace, { ...identity, start_time: '1' });
  await endStrays(workspace);
  expect(isLiving(stranger)).toBe(true);
});

it('ends who works in the folder of the workspace, and nobody beside it', async () => {
  const workspace = workspaceWith(undefined);
  mkdirSync(join(workspace, 'below'));
  mkdirSync(`${workspace}-more`);
  const [inside, beside] = [bare(join(workspace, 'below')), bare(`${workspace}-more`)];
  await endStrays(workspace);
  expect([isLiving(inside), isLiving(beside)]).toEqual([false, true]);
});
