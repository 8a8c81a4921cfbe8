import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { ralphCoreRecord, writeLockFile } from './foreign-holders.ts';
import { launcher, lockFile, status } from './holders.ts';
import { NO_ORDINARY_USER, ordinaryUser } from '@ralph/protocol/testing/ordinary-user';

/** Makes a repository, and returns how ralph-lock is run in it by somebody whom rights bind. */
function sharedRepository(context: TestContext) {
  const user = ordinaryUser();
  if (user === undefined) context.skip(NO_ORDINARY_USER);
  const made = temporaryRepository();
  const ralphLock = (...args: readonly string[]) => {
    const [program = '', ...rest] = [...(user ?? []), process.execPath, launcher(), ...args];
    return spawnSync(program, rest, { cwd: made.root, encoding: 'utf8' });
  };
  return { ...made, ralphLock };
}

function folderOf({ root }: Pick<TestRepository, 'root'>): string {
  return join(root, '.ralph');
}

describe('a lock file that cannot be written', () => {
  it('is refused with 74 in a folder without rights, and nothing is left behind', (context) => {
    const made = sharedRepository(context);
    mkdirSync(folderOf(made));
    chmodSync(folderOf(made), 0o555);
    const { status: code, stderr } = made.ralphLock('run', '--', 'touch', join(made.folder, 'ran'));
    expect([code, errorRecord(stderr)['message'], readdirSync(folderOf(made))]).toEqual([
      74,
      expect.stringContaining('loop.lock: EACCES') as string,
      [],
    ]);
    chmodSync(made.root, 0o555);
    chmodSync(folderOf(made), 0o755);
    spawnSync('rmdir', [folderOf(made)]);
    expect(made.ralphLock('run', '--', 'true').status).toBe(74);
    expect([existsSync(folderOf(made)), existsSync(join(made.folder, 'ran'))]).toEqual([false, false]);
  });

  it('is refused with 74 when it belongs to another and is free, and with 75 when it is held', async (context) => {
    const made = sharedRepository(context);
    writeLockFile(made.root, ralphCoreRecord(1));
    chmodSync(lockFile(made.root), 0o444);
    const before = readFileSync(lockFile(made.root));
    const free = made.ralphLock('run', '--', 'true');
    expect([free.status, errorRecord(free.stderr)['code']]).toEqual([74, 'permission']);
    expect(readFileSync(lockFile(made.root)).equals(before)).toBe(true);
    // A flock(2) needs no right to write, so that another may well hold what we may only read.
    const holder = spawn('sh', ['-c', 'exec 9<"$1"; flock 9; echo held; read -r _', 'sh', lockFile(made.root)]);
    onTestFinished(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    const held = made.ralphLock('run', '--', 'true');
    expect([held.status, held.stderr]).toEqual([75, expect.stringContaining('"code":"lock_held"') as string]);
  });

  it('is seen by status without the right to read it', async (context) => {
    const made = sharedRepository(context);
    writeLockFile(made.root, 'secret');
    chmodSync(lockFile(made.root), 0o200);
    const holder = spawn('flock', [lockFile(made.root), 'sh', '-c', 'echo held; read -r _']);
    onTestFinished(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    const { status: code, stdout, stderr } = made.ralphLock('status');
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining('"locked":true,"holder":null') as string]);
  });

  it('is refused with 74 on a read-only file system', async (context) => {
    const { root } = temporaryRepository();
    const body = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && exec "$2" "$3" run -- true';
    const probe = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount --bind "$1" "$1"', 'sh', root]);
    if (probe.status !== 0) context.skip('this machine lets nobody mount');
    const { status: code, stderr } = spawnSync(
      'unshare',
      ['-rm', 'sh', '-c', body, 'sh', root, process.execPath, launcher()],
      { encoding: 'utf8' },
    );
    expect([code, errorRecord(stderr)['code'], existsSync(join(root, '.ralph'))]).toEqual([74, 'permission', false]);
    expect(await status(root)).toMatchObject({ locked: false });
  });
});

describe('a full disk', () => {
  const DISK = 'mount -t tmpfs -o size=64k none "$1" && cd "$1" && ';

  function onSmallDisk(context: TestContext, body: string): string {
    const folder = temporaryFolder();
    const run = (script: string) =>
      spawnSync('unshare', ['-rm', 'sh', '-c', `${DISK}${script}`, 'sh', folder, process.execPath, launcher()], {
        encoding: 'utf8',
      });
    if (run('true').status !== 0) context.skip('this machine lets nobody mount a small disk');
    const { stdout } = run(body);
    return stdout;
  }

  it('is refused with 74 disk_full, and nothing is left behind', (context) => {
    const fill = 'cat /dev/zero > fill 2>/dev/null;';
    const body = `${fill} "$2" "$3" run --repo . -- touch ran 2> "$TMPDIR/err" ; echo $?; ls -A`;
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = temporaryFolder();
    onTestFinished(() => {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    });
    const stdout = onSmallDisk(context, body);
    const record = errorRecord(readFileSync(join(process.env['TMPDIR'], 'err'), 'utf8'));
    expect([stdout, record['code']]).toEqual(['74\nfill\n', 'disk_full']);
  });

  it('does not matter to a lock file that is there already', (context) => {
    const body = `"$2" "$3" run --repo . -- true; cat /dev/zero > fill 2>/dev/null; "$2" "$3" run --repo . --prompt later -- echo ran; "$2" "$3" read --repo .`;
    const stdout = onSmallDisk(context, body);
    const [ran, record] = stdout.trim().split('\n');
    expect([ran, JSON.parse(record ?? '')]).toMatchObject(['ran', { prompt: 'later', state: 'released' }]);
  });
});

describe('a machine with neither flock(1) nor perl', () => {
  it('gets a clear error, and never a command that runs without the lock', async () => {
    const { root, folder } = temporaryRepository();
    const tools = join(folder, 'tools');
    mkdirSync(tools);
    for (const name of ['sh', 'touch']) {
      symlinkSync(spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(), join(tools, name));
    }
    const { status: code, stderr } = await runProgram('ralph-lock', ['run', '--', 'touch', 'ran'], {
      cwd: root,
      env: { PATH: tools },
    });
    expect([code, errorRecord(stderr)]).toMatchObject([74, { code: 'lock_unavailable' }]);
    expect(stderr).toContain('install util-linux');
    expect([existsSync(join(root, 'ran')), existsSync(join(root, '.ralph'))]).toEqual([false, false]);
  });
});

describe('a lock path that is no plain file', () => {
  it.each(['mkdir', 'mkfifo'])('is refused with 74 (%s), at once', async (make) => {
    const { root } = temporaryRepository();
    mkdirSync(join(root, '.ralph'));
    spawnSync(make, [lockFile(root)]);
    expect(await runProgram('ralph-lock', ['run', '--wait', '--', 'true'], { cwd: root })).toMatchObject({
      status: 74,
    });
    expect(await runProgram('ralph-lock', ['read'], { cwd: root })).toMatchObject({ status: 6 });
    expect(await status(root)).toMatchObject({ locked: false });
  });
});
