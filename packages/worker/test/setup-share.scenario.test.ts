import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

import { prepare, worker, INSTALL, dependent, runsOf, KEYED, stored } from './setup-run.ts';

describe('--setup-key', () => {
  it('gives each further workspace the stored result, until the file it names has changed', async () => {
    const repo = dependent();
    const outcomes: unknown[] = [];
    for (const id of ['RQ-0001', 'RQ-0002']) outcomes.push((await prepare(repo, id, ...KEYED)).rows[0]?.['setup']);
    repo.write('other', 'not named');
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'other');
    repo.git('push', '-q');
    outcomes.push((await prepare(repo, 'RQ-0003', ...KEYED)).rows[0]?.['setup']);
    repo.write('deps.lock', 'two\n');
    repo.git('commit', '-qam', 'two');
    repo.git('push', '-q');
    outcomes.push((await prepare(repo, 'RQ-0004', ...KEYED)).rows[0]?.['setup']);
    expect(outcomes).toEqual(['ran', 'shared', 'shared', 'ran']);
    expect(runsOf(repo)).toBe(2);
    const [one, two] = ['RQ-0001', 'RQ-0002'].map((id) => join(repo.workspaces, id));
    execFileSync('diff', ['-r', join(one ?? '', 'deps'), join(two ?? '', 'deps')]);
    expect(lstatSync(join(two ?? '', 'deps/link')).isSymbolicLink()).toBe(true);
    expect(runGit(two ?? '', ['status', '--porcelain'])).toBe('');
  });

  it.each([
    ['it leaves as it is, is shared all the same', INSTALL, 'shared'],
    ['it adds a file to, is not shared', `${INSTALL}; echo x > conf/x`, 'ran'],
    ['it adds a folder to, is not shared', `${INSTALL}; mkdir conf/x`, 'ran'],
  ])('beside a folder that travels, which %s', async (_, command, setup) => {
    const repo = temporaryRepository({
      '.gitignore': 'deps/\nconf/\n',
      'deps.lock': '1\n',
      '.worktreeinclude': 'conf/\n',
    });
    repo.write('conf/a b', 'mine\n');
    const how = ['--setup', command, '--setup-key', 'deps.lock'];
    await prepare(repo, 'RQ-0001', ...how);
    const { rows, path } = await prepare(repo, 'RQ-0002', ...how);
    expect(rows).toMatchObject([{ setup }]);
    expect([existsSync(join(path, 'deps/d9')), readFileSync(join(path, 'conf/a b'), 'utf8')]).toEqual([true, 'mine\n']);
  });

  it('is made once for agents that start side by side', async () => {
    const repo = dependent();
    const ids = ['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'];
    const run = await runWorker(repo, taskLines(...ids), 'test -e deps/d9; echo x > x', '--jobs', '4', ...KEYED);
    expect(run.status).toBe(0);
    expect(
      run
        .events('workspace.ready')
        .map((event) => String(event['setup']))
        .toSorted(),
    ).toEqual(['ran', 'shared', 'shared', 'shared']);
    expect(runsOf(repo)).toBe(1);
  });

  it('shared by hard links takes the space of one, in files that cannot be written in place', async () => {
    const repo = dependent();
    const paths: string[] = [];
    for (let n = 1; n <= 10; n += 1)
      paths.push((await prepare(repo, `RQ-${n}`, ...KEYED, '--setup-share', 'link')).path);
    const inodes = paths.map((path) => statSync(join(path, 'deps/d1')).ino);
    expect(new Set(inodes).size).toBe(1);
    expect(statSync(join(paths[0] ?? '', 'deps/bin/tool')).mode & 0o777).toBe(0o555);
    const kilobytes = Number(
      execFileSync('du', ['-sck', ...paths.map((path) => join(path, 'deps'))], { encoding: 'utf8' })
        .split('\n')
        .at(-2)
        ?.split('\t')[0],
    );
    expect(kilobytes).toBeLessThan(250);
    expect(runGit(paths[9] ?? '', ['status', '--porcelain'])).toBe('');
  });

  it('leaves a neighbour alone when an agent replaces what is shared, and makes anew what was written in place', async () => {
    const repo = dependent();
    const linked = [...KEYED, '--setup-share', 'link'];
    const one = await prepare(repo, 'RQ-0001', ...linked);
    const two = await prepare(repo, 'RQ-0002', ...linked);
    execFileSync('sh', ['-ec', 'rm deps/d1; echo mine > deps/d1'], { cwd: two.path });
    expect(statSync(join(one.path, 'deps/d1')).size).toBe(4096);
    expect((await prepare(repo, 'RQ-0003', ...linked)).rows).toMatchObject([{ setup: 'shared' }]);
    chmodSync(join(two.path, 'deps/d2'), 0o644);
    appendFileSync(join(two.path, 'deps/d2'), 'in place');
    const four = await prepare(repo, 'RQ-0004', ...linked);
    expect(four.rows).toMatchObject([{ setup: 'ran' }]);
    expect(statSync(join(four.path, 'deps/d2')).size).toBe(4096);
    for (const id of ['RQ-0004', 'RQ-0001']) await worker(repo, 'remove', id);
    const five = await prepare(repo, 'RQ-0005', ...linked);
    const six = await prepare(repo, 'RQ-0006', ...linked);
    expect([five, six].map(({ path }) => statSync(join(path, 'deps/d2')).size)).toEqual([4096, 4096]);
    expect([five, six].flatMap(({ rows }) => rows).map((row) => row['setup'])).toEqual(['shared', 'reused']);
  });

  it('copies, or shares nothing, when told', async () => {
    const repo = dependent();
    const outcome = async (id: string, share: string) =>
      (await prepare(repo, id, ...KEYED, '--setup-share', share)).rows[0]?.['setup'];
    expect([
      await outcome('RQ-0001', 'copy'),
      await outcome('RQ-0002', 'copy'),
      await outcome('RQ-0003', 'none'),
    ]).toEqual(['ran', 'shared', 'ran']);
    const [one, two] = ['RQ-0001', 'RQ-0002'].map((id) => statSync(join(repo.workspaces, id, 'deps/d1')));
    expect(one?.ino).not.toBe(two?.ino);
    expect(two?.mode).toBe(one?.mode);
  });

  it('is not given to a commit that has, or no longer ignores, what was made', async () => {
    const repo = dependent();
    await prepare(repo, 'RQ-0001', ...KEYED);
    repo.write('.gitignore', 'none/\n');
    repo.write('deps/d1', 'tracked\n');
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'no longer ignored');
    repo.git('push', '-q');
    const { rows, path } = await prepare(repo, 'RQ-0002', ...KEYED);
    expect(rows).toMatchObject([{ setup: 'ran' }]);
    expect(runGit(path, ['status', '--porcelain'])).toBe('');
    expect(readFileSync(join(path, 'deps/d1'), 'utf8')).toBe('tracked\n');
    expect(existsSync(join(path, 'deps/d2'))).toBe(true);
  });

  it('takes no rights from files that a package manager linked from elsewhere', async () => {
    const repo = dependent();
    const store = join(repo.folder, 'package');
    writeFileSync(store, 'package\n', { mode: 0o644 });
    const linked = ['--setup', 'mkdir deps; ln "$OUT/package" deps/package', '--setup-key', 'deps.lock'];
    for (const id of ['RQ-0001', 'RQ-0002']) await prepare(repo, id, ...linked, '--setup-share', 'link');
    expect(statSync(store).mode & 0o777).toBe(0o644);
    const given = statSync(join(repo.workspaces, 'RQ-0002/deps/package'));
    expect(given.ino).not.toBe(statSync(store).ino);
    expect(given.mode & 0o777).toBe(0o444);
  });

  it('keeps the last few results; reap --all drops them, and halves always', async () => {
    const repo = dependent();
    for (let n = 1; n <= 5; n += 1)
      await prepare(repo, `RQ-${n}`, '--setup', `mkdir deps; echo ${n} > deps/n`, '--setup-key', 'deps.lock');
    expect(
      stored(repo)
        .map((path) => readFileSync(join(path, 'result/deps/n'), 'utf8').trim())
        .toSorted(),
    ).toEqual(['3', '4', '5']);
    execFileSync('mkdir', ['-p', join(repo.workspaces, '.ralph-setup/.new.RQ-0009.0123abcd/result')]);
    expect(await worker(repo, 'reap')).toContainEqual(
      expect.objectContaining({ task_id: 'RQ-0009', action: 'swept', reason: 'half of a stored set-up' }),
    );
    expect(stored(repo)).toHaveLength(3);
    await worker(repo, 'reap', '--all');
    expect(stored(repo)).toEqual([]);
  });

  it('refuses what names no file, and a key of nothing', async () => {
    const repo = dependent();
    const missing = await prepare(repo, 'RQ-0001', '--setup', 'true', '--setup-key', 'none.lock');
    expect(errorRecord(missing.stderr)).toMatchObject({
      code: 'setup_failed',
      message: expect.stringContaining('--setup-key none.lock: commit'),
    });
    for (const args of [
      ['--setup-key', 'deps.lock'],
      ['--setup', 'true', '--setup-key', '../x'],
    ])
      expect((await prepare(repo, 'RQ-0001', ...args)).status).toBe(64);
    writeFileSync(join(repo.root, 'x'), '');
    expect(existsSync(join(repo.workspaces, 'RQ-0001'))).toBe(false);
  });
});
