import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorRecord, records, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { hold, isLocked, launcher, lockFile } from './holders.ts';

/** The same program once more, as the argument of a shell. */
const AGAIN = `exec "$0" "$1" run --wait -- echo inner`;

function inner(): string[] {
  return ['sh', '-c', AGAIN, process.execPath, launcher()];
}

describe('a lock that our own ancestor holds', () => {
  it('is refused at once, though asked to wait, below ralph-lock run', async () => {
    const { root } = temporaryRepository();
    const { status, stderr } = await runProgram('ralph-lock', ['run', '--', ...inner()], { cwd: root });
    expect([status, errorRecord(stderr)]).toMatchObject([75, { code: 'lock_held_by_ancestor', retryable: false }]);
    expect(stderr).toContain('held by your own ancestor');
  });

  it('is refused deep below it, in a session of its own', async () => {
    const { root } = temporaryRepository();
    const deep = ['sh', '-c', `setsid -w sh -c '${AGAIN}' "$0" "$1"; exit $?`, process.execPath, launcher()];
    expect(await runProgram('ralph-lock', ['run', '--', ...deep], { cwd: root })).toMatchObject({ status: 75 });
  });

  it('is refused below flock(1), which waits for us', () => {
    const { root } = temporaryRepository();
    spawnSync('mkdir', ['-p', `${root}/.ralph`]);
    const { status, stderr } = spawnSync('flock', [lockFile(root), ...inner()], { cwd: root, encoding: 'utf8' });
    expect([status, errorRecord(stderr)['code']]).toEqual([75, 'lock_held_by_ancestor']);
  });

  it('is refused when a coprocess on a leash holds it for an ancestor', async () => {
    const { root } = temporaryRepository();
    // We are the parent of the coprocess, and of whoever asks for the lock.
    await hold(root, '--leash');
    const { status, stderr, stdout } = await runProgram('ralph-lock', ['hold', '--wait'], { cwd: root });
    expect([status, errorRecord(stderr)['code']]).toEqual([75, 'lock_held_by_ancestor']);
    expect(records(stdout)).toMatchObject([{ type: 'lock.busy', holder: { owner: { pid: process.pid } } }]);
  });

  it('may have another name', async () => {
    const { root } = temporaryRepository();
    const other = ['sh', '-c', `exec "$0" "$1" run --name other -- echo inner`, process.execPath, launcher()];
    expect(await runProgram('ralph-lock', ['run', '--', ...other], { cwd: root })).toMatchObject({
      status: 0,
      stdout: 'inner\n',
    });
  });
});

describe('a lock that is held beside us', () => {
  it('by a shell above us on a descriptor of its own is waited for: it may let go at any time', async () => {
    const { root } = temporaryRepository();
    spawnSync('mkdir', ['-p', `${root}/.ralph`]);
    const body = `exec 9<>"$3"; flock 9; "$0" "$1" run --wait -- echo inner 9<&- & read -r _; flock -u 9; wait $!`;
    const shell = spawn('sh', ['-c', body, process.execPath, launcher(), '', lockFile(root)], { cwd: root });
    onTestFinished(() => void shell.kill('SIGKILL'));
    await once(shell.stderr, 'data');
    shell.stdin.end('go\n');
    const [said] = (await once(shell.stdout, 'data')) as [Buffer];
    expect(String(said)).toBe('inner\n');
  });

  it('by a coprocess without a leash of our own parent is waited for as well', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    const waiter = startProgram('ralph-lock', ['run', '--wait', '--', 'true'], { cwd: root });
    await once(waiter.stderr, 'data');
    holder.stdin.end();
    const [code] = (await once(waiter, 'close')) as [number];
    expect(code).toBe(0);
  });
});

describe('ralph-lock run --inherit', () => {
  it('gives the lock to its command as descriptor 3, and without it gives nothing', async () => {
    const { root } = temporaryRepository();
    const body = 'for fd in /proc/self/fd/*; do readlink "$fd"; done | grep -c loop.lock';
    for (const [options, count] of [
      [['--inherit'], '1\n'],
      [[], '0\n'],
    ] as const) {
      // The file is there before: one that was just made is known to /proc by its draft's name.
      await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root });
      const { stdout } = await runProgram('ralph-lock', ['run', ...options, '--', 'sh', '-c', body], { cwd: root });
      expect([options, stdout]).toEqual([options, count]);
    }
  });

  it.each([
    ['keeps the lock with a grandchild that lives on, when asked to', ['--inherit'], true],
    ['frees the lock though a grandchild lives on', [], false],
  ] as const)('%s', async (_, options, expected) => {
    const { root } = temporaryRepository();
    const body = 'sleep 300 >/dev/null 2>&1 & echo $!';
    const { stdout } = await runProgram('ralph-lock', ['run', ...options, '--', 'sh', '-c', body], { cwd: root });
    const grandchild = Number(stdout);
    onTestFinished(() => void process.kill(grandchild, 'SIGKILL'));
    expect(isLocked(root)).toBe(expected);
    const seen = JSON.parse((await runProgram('ralph-lock', ['status'], { cwd: root })).stdout) as object;
    expect(seen).toMatchObject(
      expected ? { locked: true, holder: null, processes: [{ pid: grandchild }] } : { locked: false },
    );
  });

  it('leaves the command alone, and with the lock, when ralph-lock is killed', async () => {
    const { root } = temporaryRepository();
    const child = startProgram('ralph-lock', ['run', '--inherit', '--', 'sh', '-c', 'echo $$; exec sleep 300'], {
      cwd: root,
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const command = Number(String(said));
    onTestFinished(() => void process.kill(command, 'SIGKILL'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await waitUntil('the holder to be gone', () => spawnSync('kill', ['-0', String(child.pid)]).status !== 0);
    expect([isLocked(root), process.kill(command, 0)]).toEqual([true, true]);
  });
});
