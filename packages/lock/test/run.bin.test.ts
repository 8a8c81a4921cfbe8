import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { hold, isLocked, lockFile, recordIn, startWaiter, status } from './holders.ts';

describe('ralph-lock run', () => {
  it('passes on output and status of its command, and holds the lock meanwhile', async () => {
    const { root } = temporaryRepository();
    const body = 'flock -n .ralph/loop.lock true || echo locked; exit 7';
    expect(await runProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: root })).toEqual({
      status: 7,
      stdout: 'locked\n',
      stderr: '',
    });
    expect(isLocked(root)).toBe(false);
  });

  it('passes on the end of its command by a signal', async () => {
    const { root } = temporaryRepository();
    expect(await runProgram('ralph-lock', ['run', '--', 'sh', '-c', 'kill -KILL $$'], { cwd: root })).toMatchObject({
      status: 137,
    });
  });

  it('gives stdin, arguments and -- to its command as they are', async () => {
    const { root } = temporaryRepository();
    const args = ['run', '--', 'sh', '-c', 'cat; printf "<%s>" "$@"', 'sh', '--wait', '', '--', 'a b'];
    expect(await runProgram('ralph-lock', args, { cwd: root, stdin: 'in\n' })).toMatchObject({
      status: 0,
      stdout: 'in\n<--wait><><--><a b>',
    });
  });

  it('leaves a record that says who held it and that it was released', async () => {
    const { root } = temporaryRepository();
    await runProgram('ralph-lock', ['run', '--prompt', 'nightly', '--', 'true'], { cwd: root });
    expect(recordIn(root)).toMatchObject({ prompt: 'nightly', state: 'released', cwd: root });
    expect(readdirSync(join(root, '.ralph'))).toEqual(['loop.lock']);
  });

  it('cuts a long prompt as ralph-core does, at whole characters', async () => {
    const { root } = temporaryRepository();
    await runProgram('ralph-lock', ['run', '--prompt', '🦀'.repeat(101), '--', 'true'], { cwd: root });
    expect(recordIn(root)['prompt']).toBe(`${'🦀'.repeat(100)}...`);
  });

  it('refuses with 75 while another holds the lock, names the holder and does not run the command', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root, '--prompt', 'the other loop');
    const { status, stdout, stderr } = await runProgram('ralph-lock', ['run', '--', 'touch', 'ran'], { cwd: root });
    expect({ status, stdout, ran: existsSync(join(root, 'ran')) }).toEqual({ status: 75, stdout: '', ran: false });
    expect(stderr).toContain(`held by pid ${holder.pid}`);
    expect(stderr).toContain('the other loop');
    expect(errorRecord(stderr)).toMatchObject({
      code: 'lock_held',
      retryable: true,
      details: { holder: { pid: holder.pid } },
    });
  });

  it('waits without limit for --wait and with one for --wait=SECONDS', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    const begin = Date.now();
    const limited = await runProgram('ralph-lock', ['run', '--wait=.5', '--', 'true'], { cwd: root });
    expect([limited.status, Date.now() - begin >= 500]).toEqual([75, true]);
    const waiter = await startWaiter(root, ['run', '--wait', '--', 'echo', 'mine']);
    holder.stdin.end();
    expect(await transcriptOf(waiter)).toMatchObject({ status: 0, stdout: 'mine\n' });
  });

  it('ends a wait on SIGTERM and leaves nobody waiting', async () => {
    const { root } = temporaryRepository();
    await hold(root);
    const waiter = await startWaiter(root, ['run', '--wait', '--', 'touch', 'ran']);
    waiter.kill('SIGTERM');
    expect(await transcriptOf(waiter)).toMatchObject({ status: 143, stdout: '' });
    expect([existsSync(join(root, 'ran')), spawnSync('pgrep', ['-P', String(waiter.pid)]).status]).toEqual([false, 1]);
  });

  it('hands a signal on to its command, waits for it, and releases', async () => {
    const { root } = temporaryRepository();
    const body = 'trap "echo ending; exit 3" TERM; echo up; while :; do sleep 0.01; done';
    const child = startProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: root });
    const transcript = transcriptOf(child);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await transcript).toMatchObject({ status: 143, stdout: 'up\nending\n' });
    expect([isLocked(root), recordIn(root)['state']]).toEqual([false, 'released']);
  });

  it('is free again when its holder is killed', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect([isLocked(root), await status(root)]).toMatchObject([false, { locked: false, holder: null }]);
    expect(await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root })).toMatchObject({ status: 0 });
  });

  it('says since when it has the lock, and not since when it waits', async () => {
    const { root } = temporaryRepository();
    const holder = await hold(root);
    const waiter = await startWaiter(root, ['run', '--wait', '--', 'cat', '.ralph/loop.lock']);
    const freed = new Date().toISOString();
    holder.stdin.end();
    const { stdout } = await transcriptOf(waiter);
    expect((JSON.parse(stdout) as { started: string }).started >= freed).toBe(true);
  });

  it('says that what the first line of a script asks for was not found', async () => {
    const { root, write } = temporaryRepository();
    write('script', '#!/no/such/interpreter\n');
    chmodSync(join(root, 'script'), 0o755);
    const { status, stderr } = await runProgram('ralph-lock', ['run', '--', './script'], { cwd: root });
    expect([status, errorRecord(stderr)['code'], isLocked(root)]).toEqual([127, 'command_not_found', false]);
  });

  it.each([
    [['--wait='], 'needs a value'],
    [['--wait=1h30m'], 'forms: 90, 1.5, 90s, 15m, 2h, 7d'],
    [['make'], 'a command stands after --'],
  ])('refuses %j with words that help', async (args, words) => {
    const { root } = temporaryRepository();
    const { status, stderr } = await runProgram('ralph-lock', ['run', ...args, '--', 'true'], { cwd: root });
    expect([status, stderr]).toEqual([64, expect.stringContaining(words) as string]);
  });

  it.each([
    [['no-such-command'], 127, 'command_not_found'],
    [['./plain-file'], 126, 'command_not_executable'],
  ])('refuses %j before it takes the lock', async (command, expected, code) => {
    const { root, write } = temporaryRepository();
    write('plain-file', '');
    const { status, stderr } = await runProgram('ralph-lock', ['run', '--', ...command], { cwd: root });
    expect([status, errorRecord(stderr)['code'], existsSync(lockFile(root))]).toEqual([expected, code, false]);
  });
});
