import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { PathWatch } from '../../src/process/path-watch.ts';
import { seededChance } from '../../src/testing/chance.ts';
import { NO_ORDINARY_USER, ordinaryUser } from '../../src/testing/ordinary-user.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { bundledScript } from '../bundled-script.ts';

const FILE = 'deep/down/file';

function put(root: string, path: string, text = 'x'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function replace(root: string, path: string): void {
  put(root, `${path}.next`);
  renameSync(join(root, `${path}.next`), join(root, path));
}

function watching(root: string, ...paths: readonly string[]) {
  const stop = new AbortController();
  const watch = new PathWatch({ root, paths: paths.map((path) => join(root, path)), signal: stop.signal });
  onTestFinished(() => watch.close());
  return { watch, stop };
}

/** Takes notices until none is left: a change may be told by more than one. */
async function settle(watch: PathWatch): Promise<void> {
  while ((await watch.next(30)) === 'changed');
}

const remove = (root: string, path: string) => rmSync(join(root, path), { recursive: true });

describe('a watch of a file tells that it', () => {
  const present = (root: string) => put(root, FILE);
  const absent = () => {};
  it.each<[string, before: (root: string) => void, change: (root: string) => void]>([
    ['appears in its folder', (root) => mkdirSync(join(root, 'deep/down'), { recursive: true }), present],
    ['appears with its folders', absent, present],
    ['is replaced by rename', present, (root) => replace(root, FILE)],
    ['is written in place', present, (root) => appendFileSync(join(root, FILE), 'more')],
    ['is removed', present, (root) => unlinkSync(join(root, FILE))],
    ['goes with its folders', present, (root) => remove(root, 'deep')],
    ['goes when a folder is moved away', present, (root) => renameSync(join(root, 'deep'), join(root, 'else'))],
    [
      'comes when a folder is moved here',
      (root) => put(root, 'else/down/file'),
      (root) => renameSync(join(root, 'else'), join(root, 'deep')),
    ],
    [
      'is another since a folder was exchanged',
      (root) => [FILE, 'other/file'].forEach((path) => put(root, path)),
      (root) => {
        renameSync(join(root, 'deep/down'), join(root, 'deep/old'));
        renameSync(join(root, 'other'), join(root, 'deep/down'));
      },
    ],
  ])('%s, and what happens to it after that', async (_title, before, change) => {
    const root = temporaryFolder();
    before(root);
    const { watch } = watching(root, FILE);
    change(root);
    expect(await watch.next(10_000)).toBe('changed');
    await settle(watch);
    replace(root, FILE);
    expect(await watch.next(10_000)).toBe('changed');
    await settle(watch);
  });

  it.each([
    ['the file itself', 'real', 'deep/down/file', 'real'],
    ['a folder on the way', 'real', 'deep/down', 'real/file'],
    ['a folder outside the root', '../outside', 'deep/down', '../outside/file'],
  ])('changes behind a symlink: %s', async (_title, target, link, file) => {
    const root = join(temporaryFolder(), 'root');
    put(root, file);
    mkdirSync(dirname(join(root, link)), { recursive: true });
    symlinkSync(join(root, target), join(root, link));
    const { watch } = watching(root, FILE);
    replace(root, file);
    expect(await watch.next(10_000)).toBe('changed');
    await settle(watch);
    unlinkSync(join(root, link));
    expect(await watch.next(10_000)).toBe('changed');
  });

  it('was removed with its folders and made again, however often', async () => {
    const root = temporaryFolder();
    const { watch } = watching(root, FILE);
    for (let round = 0; round < 10; round += 1) {
      put(root, FILE);
      expect(await watch.next(10_000)).toBe('changed');
      await settle(watch);
      remove(root, 'deep');
      if (round % 2 === 0) put(root, FILE);
      expect(await watch.next(10_000)).toBe('changed');
      await settle(watch);
      rmSync(join(root, 'deep'), { recursive: true, force: true });
      await settle(watch);
    }
  });

  it('changes, where it is one of several', async () => {
    const root = temporaryFolder();
    const { watch } = watching(root, FILE, 'deep/other', 'third');
    for (const path of ['third', 'deep/other', FILE]) {
      put(root, path);
      expect(await watch.next(10_000)).toBe('changed');
      await settle(watch);
    }
  });
});

describe('a watch', () => {
  it('is silent about what stands beside the way', async () => {
    const root = temporaryFolder();
    put(root, FILE);
    const { watch } = watching(root, FILE);
    for (const path of ['beside', 'deep/beside', 'deep/down/beside', 'else/deep/down/file']) put(root, path);
    expect(await watch.next(100)).toBe('time');
  });

  it('tells once of what came together', async () => {
    const root = temporaryFolder();
    put(root, FILE);
    const { watch } = watching(root, FILE);
    for (let count = 0; count < 1000; count += 1) appendFileSync(join(root, FILE), 'x');
    let told = 0;
    while ((await watch.next(100)) === 'changed') told += 1;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(20);
  });

  it('misses nothing: the last change is always told after it was made', { timeout: 120_000 }, async () => {
    const random = seededChance();
    const root = temporaryFolder();
    const { watch } = watching(root, FILE);
    for (let round = 0; round < 60; round += 1) {
      const steps = 1 + Math.floor(random() * 4);
      for (let step = 0; step < steps; step += 1) {
        const chance = random();
        if (chance < 0.3) rmSync(join(root, 'deep'), { recursive: true, force: true });
        else if (chance < 0.5) rmSync(join(root, 'deep/down'), { recursive: true, force: true });
        else put(root, FILE);
        for (let turns = random() * 4; turns > 1; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
      }
      await settle(watch);
      replace(root, FILE);
      expect(await watch.next(10_000), `round ${round}`).toBe('changed');
      await settle(watch);
    }
  });

  it('keeps up with others who make folder after folder while it follows them', { timeout: 60_000 }, async () => {
    const root = temporaryFolder();
    const deep = 'deep/down/and/on/and/on';
    const { watch } = watching(root, `${deep}/file`);
    for (let round = 0; round < 40; round += 1) {
      const maker = spawn('mkdir', ['-p', deep], { cwd: root });
      const ended = once(maker, 'close');
      await watch.next(10_000);
      await ended;
      await settle(watch);
      put(root, `${deep}/file`);
      expect(await watch.next(10_000), `round ${round}`).toBe('changed');
      remove(root, 'deep');
      await settle(watch);
    }
  });

  it('ends with its signal, also before it was asked', async () => {
    const { watch, stop } = watching(temporaryFolder(), FILE);
    const asked = watch.next();
    stop.abort();
    expect([await asked, await watch.next()]).toEqual(['stopped', 'stopped']);
  });

  it('looks again after the process was stopped', async () => {
    const { watch } = watching(temporaryFolder(), FILE);
    process.kill(process.pid, 'SIGCONT');
    expect(await watch.next(10_000)).toBe('changed');
  });

  it.each<[string, (root: string) => void]>([
    ['is removed', (root) => rmSync(root, { recursive: true })],
    ['is moved away', (root) => renameSync(root, `${root}-moved`)],
  ])('fails when its root %s', async (_title, change) => {
    const root = join(temporaryFolder(), 'root');
    put(root, FILE);
    const { watch } = watching(root, FILE);
    change(root);
    const failed = await settle(watch)
      .then(() => watch.next(10_000))
      .catch((error: unknown) => error);
    expect(isFailure(failed) && failed.toRecord()).toMatchObject({ code: 'io', details: { path: root } });
  });

  it('fails at once where there is no root', () => {
    const root = join(temporaryFolder(), 'none');
    expect(() => watching(root, FILE)).toThrow('the folder is gone');
  });

  it('fails at once where a folder on the way may not be read', ({ skip }) => {
    const user = ordinaryUser();
    if (user === undefined) skip(NO_ORDINARY_USER);
    const root = temporaryFolder();
    chmodSync(root, 0o300);
    onTestFinished(() => chmodSync(root, 0o700));
    const [program, ...args] = [...(user ?? []), process.execPath, bundledScript('process/script-watch-path'), root];
    const { stdout } = spawnSync(program, args, { encoding: 'utf8' });
    expect(stdout).toMatch(`permission cannot watch ${root}: EACCES`);
  });

  it.for(['max_inotify_instances', 'max_inotify_watches'])(
    'names the limit when there is no watch left: %s',
    (limit, { skip }) => {
      skip(spawnSync('unshare', ['-Ur', 'true']).status !== 0, 'limits of our own need a namespace of our own');
      const script = `echo 0 > /proc/sys/user/${limit} && exec "$@"`;
      const args = ['-Ur', 'sh', '-c', script, 'sh', process.execPath, bundledScript('process/script-watch-path')];
      const { stdout, stderr } = spawnSync('unshare', [...args, temporaryFolder()], { encoding: 'utf8' });
      expect({ stdout, stderr }).toEqual({
        stdout: expect.stringMatching(/^io .*fs\.inotify\.max_user_/s),
        stderr: '',
      });
    },
  );
});
