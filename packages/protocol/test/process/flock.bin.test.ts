import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { takeFlock, type HeldLock } from '../../src/process/flock.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';
import { bundledScript } from '../bundled-script.ts';

function lockPath(): string {
  return join(temporaryFolder(), 'deep/x.lock');
}

async function take(path: string, waitMs = 0): Promise<HeldLock> {
  const lock = await takeFlock(path, { waitMs });
  if (lock === undefined) throw new Error(`busy: ${path}`);
  onTestFinished(() => lock.release());
  return lock;
}

/** Tells whether flock(1) finds the file locked. */
function isLocked(path: string): boolean {
  return spawnSync('flock', ['-n', path, 'true']).status !== 0;
}

/** Tells from the table of the kernel whether somebody waits for the lock on the file at the path. */
function hasWaiter(path: string): boolean {
  const lines = readFileSync('/proc/locks', 'utf8').split('\n');
  return lines.some((line) => /->\s+FLOCK/.test(line) && line.includes(`:${statSync(path).ino} `));
}

describe('takeFlock', () => {
  it('excludes flock(1) until it is released', async () => {
    const path = lockPath();
    const lock = await take(path);
    expect(isLocked(path)).toBe(true);
    lock.release();
    lock.release();
    expect([isLocked(path), existsSync(path)]).toEqual([false, true]);
  });

  it('is excluded by flock(1), and by a second taker in this very process', async () => {
    const path = lockPath();
    const lock = await take(path);
    expect(await takeFlock(path, { waitMs: 0 })).toBeUndefined();
    lock.release();
    const other = spawn('flock', [path, 'sh', '-c', 'echo held; read -r _'], { stdio: ['pipe', 'pipe', 'ignore'] });
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    expect(await takeFlock(path, { waitMs: 0 })).toBeUndefined();
    other.stdin.end();
    await once(other, 'close');
    expect((await take(path)).isCurrent()).toBe(true);
  });

  it('is not inherited by processes that we start', async () => {
    const path = lockPath();
    const lock = await take(path);
    const child = spawn('sh', ['-c', 'echo up; read -r _'], { stdio: ['pipe', 'pipe', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    lock.release();
    expect(isLocked(path)).toBe(false);
  });

  it('waits, and gets the lock when the holder lets go', async () => {
    const path = lockPath();
    const lock = await take(path);
    const waiting = takeFlock(path, { waitMs: Number.POSITIVE_INFINITY });
    await waitUntil('a waiter in the table of the kernel', () => hasWaiter(path));
    lock.release();
    const next = await waiting;
    expect(next?.isCurrent()).toBe(true);
    next?.release();
  });

  it('waits in our group, so that a terminal stops it with us, and does not heed the Ctrl-C that is ours to answer', async () => {
    const path = lockPath();
    const lock = await take(path);
    const waiting = takeFlock(path, { waitMs: Number.POSITIVE_INFINITY });
    await waitUntil('a waiter in the table of the kernel', () => hasWaiter(path));
    const list = (parent: number) =>
      spawnSync('ps', ['-o', 'pid=,pgid=', '--ppid', String(parent)], { encoding: 'utf8' })
        .stdout.trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/).map(Number));
    const group = Number(spawnSync('ps', ['-o', 'pgid=', '-p', String(process.pid)], { encoding: 'utf8' }).stdout);
    const shell = list(process.pid).find(([pid = 0]) =>
      readFileSync(`/proc/${pid}/cmdline`).includes('ralph-lock-waiter'),
    );
    const family = [shell ?? [], ...list(shell?.[0] ?? 0)];
    expect(family.map(([, pgid]) => pgid)).toEqual([group, group, group]);
    for (const [pid = 0] of family) for (const signal of ['SIGINT', 'SIGHUP']) process.kill(pid, signal);
    expect(hasWaiter(path)).toBe(true);
    lock.release();
    (await waiting)?.release();
  });

  it('waits longer than any timer can', async () => {
    const path = lockPath();
    const lock = await take(path);
    const waiting = takeFlock(path, { waitMs: 2 ** 31 });
    await waitUntil('a waiter in the table of the kernel', () => hasWaiter(path));
    lock.release();
    const next = await waiting;
    expect(next?.isCurrent()).toBe(true);
    next?.release();
  });

  it('gives up at the end of the wait', async () => {
    const path = lockPath();
    await take(path);
    const start = Date.now();
    expect(await takeFlock(path, { waitMs: 300 })).toBeUndefined();
    expect(Date.now() - start).toBeGreaterThanOrEqual(290);
  });

  it.each([0, 1, 5, 30])(
    'ends a wait at once when the signal is aborted after %d ms, and leaves nobody waiting',
    async (delay) => {
      const path = lockPath();
      await take(path);
      const signal = AbortSignal.any([AbortSignal.timeout(delay)]);
      expect(await takeFlock(path, { waitMs: Number.POSITIVE_INFINITY, signal })).toBeUndefined();
      const { stdout } = spawnSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' });
      expect(stdout).not.toMatch(/flock|sh/);
    },
  );

  it('does not take a lock on a file that is no longer the one at the path', async () => {
    const path = lockPath();
    const first = await take(path);
    const waiting = takeFlock(path, { waitMs: 10_000 });
    await waitUntil('a waiter in the table of the kernel', () => hasWaiter(path));
    rmSync(path);
    writeFileSync(path, '');
    expect(first.isCurrent()).toBe(false);
    first.release();
    const second = await waiting;
    expect(second?.isCurrent()).toBe(true);
    expect(isLocked(path)).toBe(true);
    second?.release();
  });

  it('is freed when its holder is killed', async () => {
    const path = lockPath();
    const holder = spawn(process.execPath, [bundledScript('process/script-hold-lock'), path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void holder.kill('SIGKILL'));
    const [said] = (await once(holder.stdout, 'data')) as [Buffer];
    expect([String(said), isLocked(path)]).toEqual(['held\n', true]);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(isLocked(path)).toBe(false);
  });

  it('starts flock(1) again when it was killed, as by a Ctrl-C that reached it before it had a session of its own', async () => {
    const tools = temporaryFolder();
    const [mark, kept] = [join(tools, 'mark'), process.env['PATH']];
    onTestFinished(() => void (process.env['PATH'] = kept));
    const real = spawnSync('sh', ['-c', 'command -v flock'], { encoding: 'utf8' }).stdout.trim();
    const script = `#!/bin/sh\n[ -e '${mark}' ] || { : >'${mark}'; kill -KILL $$; }\nexec '${real}' "$@"\n`;
    writeFileSync(join(tools, 'flock'), script, { mode: 0o755 });
    process.env['PATH'] = `${tools}:${kept}`;
    const path = lockPath();
    await take(path);
    process.env['PATH'] = kept;
    expect([existsSync(mark), isLocked(path)]).toEqual([true, true]);
  });

  it('uses perl where flock(1) is missing, and says so where both are', async () => {
    const path = lockPath();
    const tools = temporaryFolder();
    const kept = process.env['PATH'];
    onTestFinished(() => void (process.env['PATH'] = kept));
    for (const name of ['perl', 'sh']) {
      const { stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
      symlinkSync(stdout.trim(), join(tools, name));
    }
    process.env['PATH'] = tools;
    const lock = await take(path);
    expect(await takeFlock(path, { waitMs: 100 })).toBeUndefined();
    lock.release();
    rmSync(join(tools, 'perl'));
    const error: unknown = await takeFlock(path, { waitMs: 0 }).catch((thrown: unknown) => thrown);
    expect(isFailure(error) && [error.code, error.exit]).toEqual(['lock_unavailable', 74]);
  });
});
