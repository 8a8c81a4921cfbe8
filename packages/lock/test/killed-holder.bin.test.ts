import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { momentAfter } from '@ralph/protocol/testing/chance';
import { runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { isLocked, launcher } from './holders.ts';

function isGone(pid: number): boolean {
  return (
    spawnSync('sh', ['-c', 'kill -0 "$1" 2>/dev/null && ! grep -q "^State:.Z" /proc/$1/status', 'sh', String(pid)])
      .status !== 0
  );
}

/** Waits until the watcher is there, the only other child of ralph-lock, and kills it. */
const KILL_WATCHER = 'while [ "$(pgrep -cP "$PPID")" -lt 2 ]; do :; done; pkill -KILL -P "$PPID" -f [o]rphan-watcher;';

describe('the command of a ralph-lock that is killed', () => {
  it.each([
    ['ends by the first signal', ''],
    ['ends though it ignores the first signal', 'trap "" INT TERM;'],
    [
      'ends though it has cleared its environment',
      'if [ -n "$PATH" ]; then exec env -i sh -c "sleep 300 & echo \\$! \\$\\$; wait"; fi;',
    ],
  ])('%s, with what it has started, since it has no lock any more', async (_, trap) => {
    const { root } = temporaryRepository();
    const body = `${trap} sleep 300 & echo $! $$; wait`;
    const child = startProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: root });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const pids = String(said).trim().split(' ').map(Number);
    // The watcher hears of the command a few milliseconds after its start.
    await momentAfter(100);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isLocked(root)).toBe(false);
    await waitUntil('the end of the command', () => pids.every(isGone));
  });

  it('is ended by the next holder, should the watcher have been killed as well', async () => {
    const { root } = temporaryRepository();
    const body = `${KILL_WATCHER} echo $$; exec sleep 300`;
    const child = startProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: root });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isGone(Number(String(said)))).toBe(false);
    const next = await runProgram('ralph-lock', ['run', '--', 'echo', 'mine'], { cwd: root });
    expect([next.status, next.stdout, isGone(Number(String(said)))]).toEqual([0, 'mine\n', true]);
    expect(next.stderr).toContain(`what was left of the command of pid ${child.pid}, which was killed`);
  });

  it('is not ended by what it starts itself, which takes the lock that is free again', async () => {
    const { root } = temporaryRepository();
    const again = `${KILL_WATCHER} echo up; while kill -0 "$PPID" 2>/dev/null; do :; done; "$0" "$1" run -- echo again; exit 7`;
    const child = startProgram('ralph-lock', ['run', '--', 'sh', '-c', again, process.execPath, launcher()], {
      cwd: root,
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await waitUntil('the command', () => stdout.includes('up'));
    child.kill('SIGKILL');
    await waitUntil('the command of the command', () => stdout.includes('again'));
    expect(stdout).toBe('up\nagain\n');
  });

  it('ends at once on a second signal to ralph-lock, and the lock is free', async () => {
    const { root } = temporaryRepository();
    const body = `trap "echo one" TERM; echo up $$; while :; do sleep 0.01; done`;
    const child = startProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: root });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const pid = await waitUntil('the command', () => /up (\d+)/.exec(stdout)?.[1]);
    child.kill('SIGTERM');
    await waitUntil('the first signal to arrive', () => stdout.includes('one'));
    child.kill('SIGTERM');
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, signal]).toEqual([null, 'SIGTERM']);
    await waitUntil('the end of the command', () => isGone(Number(pid)));
    expect(isLocked(root)).toBe(false);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'goes on in no part when %s has ended it, and the lock is free',
    async (signal) => {
      const { root } = temporaryRepository();
      const child = startProgram('ralph-lock', ['run', '--', 'sh', '-c', 'sleep 300 & echo $!; sleep 300'], {
        cwd: root,
      });
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      // A shell that is just starting a command loses a SIGINT that comes before that runs.
      await waitUntil('both commands of the shell', () => sleepersBeside(String(said).trim()) === 2);
      child.kill(signal);
      await once(child, 'exit');
      expect([isGone(Number(String(said))), isLocked(root)]).toEqual([true, false]);
    },
  );

  it('may leave a process behind at its own end: that is no business of ours', async () => {
    const { root } = temporaryRepository();
    const body = 'sleep 300 >/dev/null 2>&1 & echo $!';
    const { status, stdout } = await transcriptOf(
      startProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: root }),
    );
    expect([status, isGone(Number(stdout))]).toEqual([0, false]);
    process.kill(Number(stdout), 'SIGKILL');
  });
});

/** Returns how many children of its parent sleep as a process does. */
function sleepersBeside(pid: string): number {
  const script = 'pgrep -P "$(ps -o ppid= -p "$1" | tr -d " ")" -x sleep | grep -c .';
  return Number(spawnSync('sh', ['-c', script, 'sh', pid], { encoding: 'utf8' }).stdout);
}
