import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HeldLock } from '../../src/process/flock.ts';
import { KeptFlock } from '../../src/process/kept-flock.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';
import { bundledScript } from '../bundled-script.ts';

/** A lock that was taken so often that a servant makes the calls by now. */
async function served() {
  const path = join(temporaryFolder(), 'x.lock');
  const kept = new KeptFlock(path);
  onTestFinished(() => kept.close());
  for (let time = 0; time < 4; time += 1) (await taken(kept)).release();
  return { path, kept };
}

async function taken(kept: KeptFlock, waitMs = 0): Promise<HeldLock> {
  const lock = await kept.take({ waitMs });
  if (lock === undefined) throw new Error('busy');
  return lock;
}

function isLocked(path: string): boolean {
  return spawnSync('flock', ['-n', path, 'true']).status !== 0;
}

/** The perl processes that have a file open. */
function servantsOf(path: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return pids.filter((pid) => isServant(pid, path)).map(Number);
}

function isServant(pid: string, path: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'perl\n' && readlinkSync(`/proc/${pid}/fd/3`) === path;
  } catch {
    return false;
  }
}

describe('KeptFlock', () => {
  it('excludes flock(1) while it is held and lets it in after each release, by one servant', async () => {
    const { path, kept } = await served();
    const servants = servantsOf(path);
    expect(servants).toHaveLength(1);
    for (let time = 0; time < 20; time += 1) {
      const lock = await taken(kept);
      expect([isLocked(path), lock.isCurrent()]).toEqual([true, true]);
      lock.release();
      await waitUntil('it is free', () => !isLocked(path));
    }
    expect(servantsOf(path)).toEqual(servants);
  });

  it('is excluded by flock(1), waits for it no longer than asked, and gets the lock when that ends', async () => {
    const { path, kept } = await served();
    const other = spawn('flock', [path, 'sh', '-c', 'echo held; read -r _'], { stdio: ['pipe', 'pipe', 'ignore'] });
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    expect(await kept.take({ waitMs: 0 })).toBeUndefined();
    expect(await kept.take({ waitMs: 50 })).toBeUndefined();
    const waiting = kept.take({ waitMs: 10_000 });
    other.stdin.end();
    const lock = await waiting;
    expect([lock?.isCurrent(), isLocked(path)]).toEqual([true, true]);
    lock?.release();
    await waitUntil('it is free', () => !isLocked(path));
  });

  it.each([
    ['removed', (path: string) => rmSync(path)],
    ['replaced', (path: string) => (writeFileSync(`${path}.new`, ''), renameSync(`${path}.new`, path))],
  ])('locks the file that is at the path after it was %s', async (_how, change) => {
    const { path, kept } = await served();
    change(path);
    const lock = await taken(kept);
    expect([lock.isCurrent(), isLocked(path)]).toEqual([true, true]);
    change(path);
    expect(lock.isCurrent()).toBe(false);
    lock.release();
    expect((await taken(kept)).isCurrent()).toBe(true);
    expect(isLocked(path)).toBe(true);
  });

  it('keeps the lock when its servant is killed, and goes on without one', async () => {
    const { path, kept } = await served();
    const lock = await taken(kept);
    for (const pid of servantsOf(path)) process.kill(pid, 'SIGKILL');
    await waitUntil('it is gone', () => servantsOf(path).length === 0);
    expect([lock.isCurrent(), isLocked(path)]).toEqual([true, true]);
    lock.release();
    await waitUntil('it is free', () => !isLocked(path));
    const next = await taken(kept, 1000);
    expect([isLocked(path), servantsOf(path)]).toEqual([true, []]);
    next.release();
    await waitUntil('it is free', () => !isLocked(path));
  });

  it('keeps nobody out when its servant is killed while it is free', async () => {
    const { path, kept } = await served();
    for (const pid of servantsOf(path)) process.kill(pid, 'SIGKILL');
    const lock = await taken(kept, 1000);
    expect([lock.isCurrent(), isLocked(path)]).toEqual([true, true]);
    lock.release();
    await waitUntil('it is free', () => !isLocked(path));
  });

  it('is freed when its process is killed, and no servant is left', async () => {
    const path = join(temporaryFolder(), 'x.lock');
    const child = spawn(process.execPath, [bundledScript('process/script-hold-kept-lock'), path]);
    const [word] = (await once(child.stdout, 'data')) as [Buffer];
    expect([word.toString(), isLocked(path), servantsOf(path).length]).toEqual(['held\n', true, 1]);
    child.kill('SIGKILL');
    await waitUntil('it is free', () => !isLocked(path));
    await waitUntil('no servant is left', () => servantsOf(path).length === 0);
  });

  it('works where there is no perl', async () => {
    const bin = temporaryFolder();
    for (const name of ['flock', 'sh']) {
      const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
      symlinkSync(found, join(bin, name));
    }
    const path = join(temporaryFolder(), 'x.lock');
    const child = spawn(process.execPath, [bundledScript('process/script-hold-kept-lock'), path], {
      env: { PATH: bin },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [word] = (await once(child.stdout, 'data')) as [Buffer];
    expect([word.toString(), isLocked(path), servantsOf(path)]).toEqual(['held\n', true, []]);
  });
});
