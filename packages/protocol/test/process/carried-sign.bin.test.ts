import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { KnownProcesses } from '../../src/process/known-processes.ts';
import { identityOf, readProcStat } from '../../src/process/process-identity.ts';
import { isUnseen } from '../../src/process/carried-sign.ts';
import { livingMembers } from '../../src/process/tree-members.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';

const nobody = () => false;

/** Starts a process that lives as long as the test. */
async function sleeper(cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn('sleep', ['300'], { cwd, env: { PATH: process.env['PATH'], ...env }, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  await waitUntil('its start', () => identityOf(pid));
  return pid;
}

// There is no /proc elsewhere.
it.skipIf(process.platform !== 'linux')(
  'who carries the sign of a workspace, or works in it, is seen also after strangers were looked at before',
  async () => {
    const folder = realpathSync(temporaryFolder());
    const signs = { variable: `RALPH_WORKSPACE=${folder}`, folder: { path: folder, since: '0' } };
    for (let looks = 0; looks < 3; looks += 1) expect(isUnseen(signs, nobody)).toBe(true);
    const pid = await sleeper('/', { RALPH_WORKSPACE: folder });
    for (let looks = 0; looks < 3; looks += 1) expect(isUnseen(signs, nobody)).toBe(false);
    expect(livingMembers(signs).map((member) => member.pid)).toEqual([pid]);
    expect(isUnseen(signs, (one) => one === pid)).toBe(true);
    const worker = await sleeper(folder, {});
    expect(isUnseen(signs, (one) => one === pid)).toBe(false);
    expect(isUnseen(signs, (one) => one === pid || one === worker)).toBe(true);
  },
);

// There is no /proc elsewhere.
it.skipIf(process.platform !== 'linux')('a tree that is known by more is never passed over', () => {
  const folder = { path: temporaryFolder(), since: '0' };
  const leader = { pid: 1, startTime: '1', isOurs: false };
  for (const more of [{ mark: 'ab.cd' }, { cgroup: '/none' }, { root: 1 }, { leader }])
    expect(isUnseen({ variable: 'RALPH_WORKSPACE=/none', folder, ...more }, nobody)).toBe(false);
  expect(isUnseen({ variable: 'RALPH_WORKSPACE=/none' }, nobody)).toBe(false);
});

// There is no /proc elsewhere.
it.skipIf(process.platform !== 'linux')('what is known of a process is not taken for that of another', async () => {
  const known = new KnownProcesses();
  const pid = await sleeper('/', {});
  const began = Number(readProcStat(pid)?.startTime);
  expect(known.isOlder(pid, began + 1)).toBe(false);
  expect(known.look(pid, () => readProcStat(pid))?.startTime).toBe(String(began));
  expect([known.isOlder(pid, began + 1), known.isOlder(pid, began)]).toEqual([true, false]);
  known.keepOnly(new Set([1]));
  expect(known.isOlder(pid, began + 1)).toBe(false);
  known.look(pid, () => readProcStat(pid));
  process.kill(pid, 'SIGKILL');
  await waitUntil('its end', () => readProcStat(pid) === undefined);
  expect(known.isOlder(pid, began + 1)).toBe(false);
});
