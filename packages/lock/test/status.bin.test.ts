import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { hold, launcher, lockFile, status } from './holders.ts';

describe('ralph-lock status', () => {
  it('tells whether the lock is held and by whom, as a record or in words', async () => {
    const { root } = temporaryRepository();
    expect(await status(root)).toEqual({ locked: false, holder: null, path: lockFile(root) });
    const holder = await hold(root, '--prompt', 'p');
    expect(await status(root)).toMatchObject({
      locked: true,
      holder: { pid: holder.pid, prompt: 'p' },
      path: lockFile(root),
    });
    const { stdout } = await runProgram('ralph-lock', ['status', '--format', 'table'], { cwd: root });
    expect(stdout).toMatch(new RegExp(`^held by pid ${holder.pid} since \\S+ \\(p\\)\n$`));
  });

  it('tells a run what it should know, a line each, with --report', async () => {
    const { root } = temporaryRepository();
    const report = async () => {
      const { status: ended, stdout } = await runProgram('ralph-lock', ['status', '--report'], { cwd: root });
      return { ended, rows: records(stdout) };
    };
    expect(await report()).toMatchObject({ ended: 0, rows: [{ check: 'loop_lock', level: 'ok' }, { level: 'ok' }] });
    const holder = await hold(root, '--prompt', 'nightly');
    const { ended, rows } = await report();
    expect(ended).toBe(0);
    expect(rows[0]).toMatchObject({ check: 'loop_lock', level: 'warning', facts: { locked: true } });
    expect(rows[0]?.['message']).toContain(`held by pid ${holder.pid}`);
  });

  it('makes nothing and never turns a taker away', async () => {
    const { root } = temporaryRepository();
    await status(root);
    expect(existsSync(join(root, '.ralph'))).toBe(false);
    const looking = Array.from({ length: 6 }, () => status(root));
    const taking = Array.from({ length: 3 }, (_, index) =>
      runProgram('ralph-lock', ['run', '--name', `n${index}`, '--', 'true'], { cwd: root }),
    );
    expect((await Promise.all(taking)).map((one) => one.status)).toEqual([0, 0, 0]);
    await Promise.all(looking);
  });

  it('sees a holder that left no record', async () => {
    const { root } = temporaryRepository();
    mkdirSync(join(root, '.ralph'));
    writeFileSync(lockFile(root), 'nonsense');
    const body = `exec "$0" "$1" status`;
    const { stdout } = spawnSync('flock', ['-o', lockFile(root), 'sh', '-c', body, process.execPath, launcher()], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual({
      locked: true,
      holder: null,
      path: lockFile(root),
      processes: [{ pid: expect.any(Number) as number, command: 'flock' }],
    });
  });
});
