import { execFileSync } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { endMembers } from '../../src/process/end-members.ts';
import { identityOf } from '../../src/process/process-identity.ts';
import { signalProcess } from '../../src/process/process-list.ts';
import { livingMembers } from '../../src/process/tree-members.ts';

/** Starts a session whose leader lives on, or has left a process in it; returns the leader and who is left. */
function session(last: string): { leader: number; left: number } {
  const script = `setsid sh -c 'sleep 300 >/dev/null 2>&1 & echo $$ $!; ${last}'`;
  const [leader = 0, left = 0] = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split(' ').map(Number);
  onTestFinished(() => signalProcess(left, 'SIGKILL'));
  return { leader, left };
}

it('a group whose number was given to a stranger is left alone', async () => {
  const stranger = Number(
    execFileSync('sh', ['-c', 'setsid sleep 300 >/dev/null 2>&1 & echo $!'], { encoding: 'utf8' }),
  );
  onTestFinished(() => signalProcess(stranger, 'SIGKILL'));
  const leader = { pid: stranger, startTime: '1', isOurs: true };
  expect(await endMembers({ leader }, 'SIGINT')).toEqual({ found: false, left: false });
  expect(identityOf(stranger)).toBeDefined();
});

it('a group whose leader is gone is only that of a tree that waited for him, or when a member of it is in there', () => {
  const { leader: pid, left } = session('exit 0');
  const leader = { pid, startTime: '1' };
  expect(livingMembers({ leader: { ...leader, isOurs: false } })).toEqual([]);
  expect(livingMembers({ leader: { ...leader, isOurs: true } })).toMatchObject([{ pid: left, inGroup: true }]);
  expect(livingMembers({ leader: { ...leader, isOurs: false }, root: left })).toMatchObject([
    { pid: left, inGroup: true },
  ]);
});

it('who is spared is no member', () => {
  const { leader: pid, left } = session('exit 0');
  const leader = { pid, startTime: '1', isOurs: true };
  expect(livingMembers({ leader, spared: new Set([left]) })).toEqual([]);
});
