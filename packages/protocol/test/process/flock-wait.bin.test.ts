import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { takeFlock } from '../../src/process/flock.ts';
import { scriptedCommand } from '../../src/testing/scripted-agent.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';
import { bundledScript } from '../bundled-script.ts';

async function heldByFlock(path: string) {
  const holder = spawn('flock', ['-o', path, 'sh', '-c', 'echo held; read -r _'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return holder;
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Tells whether a process has been stopped: the signal alone says only that it will be. */
function isStopped(pid: number | undefined): boolean {
  return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Counts who waits for a lock on the file at the path, by the table of the kernel. */
function waitersOn(path: string): number {
  const lines = readFileSync('/proc/locks', 'utf8').split('\n');
  return lines.filter((line) => /->\s+FLOCK/.test(line) && line.includes(`:${statSync(path).ino} `)).length;
}

/** Returns the processes, other than this one, that have a file open. */
function havingOpen(path: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path);
      } catch {
        return false;
      }
    });
}

describe('a wait for a lock', () => {
  it('blocks neither the event loop nor the pool of threads, however many there are', async () => {
    const path = join(temporaryFolder(), 'x.lock');
    const holder = await heldByFlock(path);
    const waits = Array.from({ length: 8 }, () => takeFlock(path, { waitMs: Number.POSITIVE_INFINITY }));
    await waitUntil('eight waiters', () => waitersOn(path) === 8);
    // The pool has four threads: with four of them waiting this would never be read.
    expect(await readFile(path, 'utf8')).toBe('');
    holder.stdin.end();
    for (const wait of waits) void wait.then((lock) => lock?.release());
    expect((await Promise.all(waits)).every((lock) => lock !== undefined)).toBe(true);
  });

  it('leaves nobody waiting when the waiter is killed', async () => {
    const path = join(temporaryFolder(), 'x.lock');
    const holder = await heldByFlock(path);
    const waiter = spawn(process.execPath, [bundledScript('process/script-wait-lock'), path], { stdio: 'inherit' });
    await waitUntil('the wait', () => havingOpen(path).length >= 3);
    waiter.kill('SIGKILL');
    await waitUntil('only the holder', () => havingOpen(path).every((pid) => pid === holder.pid));
    expect(holder.exitCode).toBeNull();
  });

  it('leaves nobody waiting at whichever moment it is given up', async () => {
    const path = join(temporaryFolder(), 'x.lock');
    const holder = await heldByFlock(path);
    for (let round = 0; round < 40; round += 1) {
      const waits = Array.from({ length: 6 }, (_, index) =>
        takeFlock(path, { waitMs: Number.POSITIVE_INFINITY, signal: AbortSignal.timeout(round + index) }),
      );
      expect((await Promise.all(waits)).every((lock) => lock === undefined)).toBe(true);
    }
    await waitUntil('only the holder', () => havingOpen(path).every((pid) => pid === holder.pid));
    expect(holder.exitCode).toBeNull();
  });

  it('goes on when what waits for us is killed', async () => {
    const path = join(temporaryFolder(), 'x.lock');
    const holder = await heldByFlock(path);
    const waiting = takeFlock(path, { waitMs: Number.POSITIVE_INFINITY });
    for (const name of ['flock', 'sh']) {
      await waitUntil('the wait', () => waitersOn(path) === 1);
      const killed = havingOpen(path).filter((pid) => pid !== holder.pid && nameOf(pid) === name);
      expect(killed.length).toBeGreaterThan(0);
      for (const pid of killed) process.kill(pid, 'SIGKILL');
      await waitUntil('them to be gone', () => havingOpen(path).every((pid) => !killed.includes(pid)));
    }
    // The child of a shell that was killed waits on for the same open file, beside the one that took its place.
    await waitUntil('the wait', () => waitersOn(path) >= 1);
    holder.stdin.end();
    const lock = await waiting;
    expect(lock?.isCurrent()).toBe(true);
    lock?.release();
  });

  it('does not take the lock from others while the waiter is stopped, and takes it when it goes on', async () => {
    const path = join(temporaryFolder(), 'x.lock');
    const holder = await heldByFlock(path);
    const waiter = spawn(process.execPath, [bundledScript('process/script-wait-lock'), path], { stdio: 'inherit' });
    onTestFinished(() => void waiter.kill('SIGKILL'));
    await waitUntil('the wait', () => waitersOn(path) === 1);
    waiter.kill('SIGSTOP');
    await waitUntil('the stop', () => isStopped(waiter.pid));
    holder.stdin.end();
    await once(holder, 'close');
    // The one who waits in its place gives it back as often as it gets it.
    await waitUntil('others to get it', () => spawnSync('flock', ['-n', path, 'true']).status === 0);
    const other = await takeFlock(path, { waitMs: 10_000 });
    expect(other?.isCurrent()).toBe(true);
    waiter.kill('SIGCONT');
    other?.release();
    await once(waiter, 'close');
    expect(waiter.exitCode).toBe(0);
  });

  it.each([
    ['removed', (path: string) => rmSync(path)],
    [
      'replaced',
      (path: string) => {
        writeFileSync(`${path}.new`, '');
        renameSync(`${path}.new`, path);
      },
    ],
  ])('goes over to the new file when the old one is %s while its holder lives on', async (_, replace) => {
    const path = join(temporaryFolder(), 'x.lock');
    await heldByFlock(path);
    const waiting = takeFlock(path, { waitMs: Number.POSITIVE_INFINITY, firstContent: () => Buffer.from('mine') });
    await waitUntil('the wait', () => waitersOn(path) === 1);
    replace(path);
    const lock = await waiting;
    expect(lock?.isCurrent()).toBe(true);
    lock?.release();
  });
});

describe('the first content of a lock file', () => {
  it('is there, and locked, from the first instant at which others see the file', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'x.lock');
    // A reader in a tight loop: what it first sees is the whole content, and it cannot lock it.
    const body = `while [ ! -e "$1" ]; do :; done; cat "$1"; flock -n "$1" echo ' free' || echo ' held'`;
    const reader = spawn('sh', ['-c', body, 'sh', path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = once(reader.stdout, 'close');
    let text = '';
    reader.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    const lock = await takeFlock(path, { waitMs: 0, firstContent: () => Buffer.from('whole') });
    await said;
    expect([text, lock?.made, readdirSync(folder)]).toEqual(['whole held\n', true, ['x.lock']]);
    lock?.release();
  });

  it('is for a missing file only, and one of many makes it', async () => {
    const path = join(temporaryFolder(), 'deep/x.lock');
    const takes = Array.from({ length: 6 }, (_, index) =>
      takeFlock(path, { waitMs: 0, firstContent: () => Buffer.from(String(index)) }),
    );
    const locks = (await Promise.all(takes)).filter((lock) => lock !== undefined);
    expect(locks.map((lock) => lock.made)).toEqual([true]);
    expect(readdirSync(join(path, '..'))).toEqual(['x.lock']);
    locks[0]?.release();
    const again = await takeFlock(path, { waitMs: 0, firstContent: () => Buffer.from('again') });
    expect([again?.made, readFileSync(path, 'utf8') === 'again']).toEqual([false, false]);
    again?.release();
  });

  it('gives way to a link that leads to no file yet', async () => {
    const folder = temporaryFolder();
    spawnSync('ln', ['-s', 'target', join(folder, 'x.lock')]);
    const lock = await takeFlock(join(folder, 'x.lock'), { waitMs: 0, firstContent: () => Buffer.from('x') });
    expect([lock?.isCurrent(), lock?.made]).toEqual([true, false]);
    lock?.release();
  });
});

describe('what cannot be locked', () => {
  it.each([
    ['is killed', 'kill -9 $$'],
    ['says that it is busy', 'exit 1'],
  ])('is never taken for locked: a new file, when the program that locks it %s', async (_, body) => {
    const folder = temporaryFolder();
    const kept = process.env['PATH'];
    onTestFinished(() => void (process.env['PATH'] = kept));
    scriptedCommand(folder, 'flock', body);
    process.env['PATH'] = `${join(folder, 'bin')}:${kept}`;
    const path = join(folder, 'x.lock');
    await expect(takeFlock(path, { waitMs: 0, firstContent: () => Buffer.from('x') })).rejects.toMatchObject({
      code: 'lock_unavailable',
    });
    expect(readdirSync(folder)).toEqual(['bin']);
  });

  it.each([
    ['a folder', 'mkdir'],
    ['a pipe', 'mkfifo'],
  ])('%s is refused at once', async (_, make) => {
    const path = join(temporaryFolder(), 'x.lock');
    spawnSync(make, [path]);
    await expect(takeFlock(path, { waitMs: 1000 })).rejects.toMatchObject({ code: 'io' });
  });

  it('leaves no folder behind that was made for it', async () => {
    const folder = temporaryFolder();
    const kept = process.env['PATH'];
    onTestFinished(() => void (process.env['PATH'] = kept));
    process.env['PATH'] = folder;
    const path = join(folder, 'deep/er/x.lock');
    await expect(takeFlock(path, { waitMs: 0, firstContent: () => Buffer.from('x') })).rejects.toMatchObject({
      code: 'lock_unavailable',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
