import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorRecord, runProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import {
  FOREIGN_CONTENTS,
  FOREIGN_WAYS,
  holdAsForeigner,
  ralphCoreRecord,
  writeLockFile,
  type ForeignWay,
} from './foreign-holders.ts';
import { hold, lockFile, recordIn, startWaiter, status } from './holders.ts';

function shell(script: string, root: string): number | null {
  return spawnSync('sh', ['-c', script, 'sh', lockFile(root)]).status;
}

describe('the lock that we hold', () => {
  it.each([
    ['flock -n', 'flock -n -E 9 "$1" true', 9],
    ['flock -s', 'flock -s -n -E 9 "$1" true', 9],
    ['flock -w', 'flock -w 0.2 -E 9 "$1" true', 9],
    ['flock on a descriptor of the shell', 'exec 8<>"$1"; flock -n -E 9 8', 9],
    ['perl', `perl -e 'open(F,"+<",$ARGV[0]); exit(flock(F,6)?0:9)' "$1"`, 9],
  ])('keeps out %s, and lets it in when it is free', async (_, script, refused) => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    expect(shell(script, root)).toBe(refused);
    holder.stdin.end();
    await once(holder, 'close');
    expect(shell(script, root)).toBe(0);
  });

  it('has a record at all times that ralph-core can read: three keys of its types, JSON with blanks behind', async () => {
    const { root } = temporaryRepository();
    await hold(root, '--prompt', 'p');
    const { pid, started, prompt } = recordIn(root);
    expect([Number.isInteger(pid), Number(pid) <= 0xffffffff, typeof prompt]).toEqual([true, true, 'string']);
    expect(started).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});

describe('the lock that another holds', () => {
  it.each(Object.keys(FOREIGN_WAYS) as ForeignWay[])(
    'by %s turns us away, is seen by status, and is ours when he lets go',
    async (way) => {
      const { root } = temporaryRepository();
      const foreigner = await holdAsForeigner(root, way);
      expect(await runProgram('ralph-lock', ['run', '--', 'touch', 'ran'], { cwd: root })).toMatchObject({
        status: 75,
      });
      expect(await status(root)).toMatchObject({ locked: true, holder: null });
      const waiter = await startWaiter(root, ['run', '--wait', '--', 'echo', 'mine']);
      foreigner.stdin.end();
      expect(await transcriptOf(waiter)).toMatchObject({ status: 0, stdout: 'mine\n' });
      expect([existsSync(join(root, 'ran')), await status(root)]).toMatchObject([false, { locked: false }]);
    },
  );

  it.each([['a record of ralph-core of somebody dead', ralphCoreRecord(2 ** 31 - 1)] as const, ...FOREIGN_CONTENTS])(
    'in a file that holds %s is busy, of an unknown holder, and becomes ours',
    async (_, content) => {
      const { root } = temporaryRepository();
      writeLockFile(root, content);
      const foreigner = await holdAsForeigner(root, 'flock -x FILE COMMAND');
      const { status: code, stderr } = await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root });
      expect([code, errorRecord(stderr)]).toMatchObject([75, { code: 'lock_held', details: { holder: null } }]);
      expect(stderr).toMatch(/held by pid \d+ \(flock\), which left no record/);
      expect(await status(root)).toMatchObject({ locked: true, holder: null });
      expect(readFileSync(lockFile(root)).equals(Buffer.from(content))).toBe(true);
      foreigner.stdin.end();
      await once(foreigner, 'close');
      expect(await runProgram('ralph-lock', ['run', '--prompt', 'p', '--', 'true'], { cwd: root })).toMatchObject({
        status: 0,
        stderr: '',
      });
      expect(recordIn(root)).toMatchObject({ prompt: 'p', state: 'released' });
    },
  );

  it('by a loop of ralph-core is shown with its prompt, since its process has the lock', async () => {
    const { root } = temporaryRepository();
    const foreigner = await holdAsForeigner(root, 'perl, by flock(2) itself');
    writeLockFile(root, ralphCoreRecord(foreigner.pid ?? 0, 'their loop'));
    expect(await status(root)).toMatchObject({
      locked: true,
      holder: { pid: foreigner.pid, prompt: 'their loop', started: '2026-11-20T10:11:12.123456789Z' },
    });
    const { stderr } = await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root });
    expect(stderr).toContain(`held by pid ${foreigner.pid} since 2026-11-20T10:11:12.123456789Z (their loop)`);
  });

  it('for an instant only, to look at it, turns nobody away', async () => {
    const { root } = temporaryRepository();
    // What ralph-core's own status does: take the lock, and let it go at once.
    writeLockFile(root, ralphCoreRecord(1));
    const probe = 'echo up; while :; do flock -n "$1" true; done';
    const prober = spawn('sh', ['-c', probe, 'sh', lockFile(root)], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void prober.kill('SIGKILL'));
    await once(prober.stdout, 'data');
    for (let round = 0; round < 10; round += 1) {
      expect(await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root })).toMatchObject({ status: 0 });
    }
  });
});
