import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { hold, lockFile, status } from './holders.ts';

describe('the lock of a repository', () => {
  it('is the same from a subdirectory, through a symlink, from a linked worktree and by --repo', async () => {
    const { root, folder, git, write } = temporaryRepository();
    write('deep/file', '');
    symlinkSync(root, join(folder, 'link'));
    git('worktree', 'add', '-q', '--detach', join(folder, 'linked'));
    const holder = await hold(root);
    for (const cwd of [join(root, 'deep'), join(folder, 'link'), join(folder, 'linked')]) {
      expect([cwd, await status(cwd)]).toMatchObject([
        cwd,
        { locked: true, holder: { pid: holder.pid }, path: lockFile(root) },
      ]);
    }
    const elsewhere = await runProgram('ralph-lock', ['--repo', root, 'run', '--', 'true'], { cwd: folder });
    expect(elsewhere.status).toBe(75);
  });

  it('is the same from a linked worktree of a submodule', async () => {
    const { root, folder, origin, git } = temporaryRepository();
    git('-c', 'protocol.file.allow=always', 'submodule', '-q', 'add', origin, 'sub');
    git('-C', 'sub', 'worktree', 'add', '-q', '--detach', join(folder, 'linked'));
    const paths = [join(root, 'sub'), join(folder, 'linked')].map(
      async (cwd) => (await status(cwd)) as { path: string },
    );
    expect((await Promise.all(paths)).map(({ path }) => path)).toEqual(Array(2).fill(lockFile(join(root, 'sub'))));
  });

  it('has a name, and locks of other names do not mind it', async () => {
    const { root } = temporaryRepository();
    await hold(root, '--name', 'deploy');
    expect(existsSync(join(root, '.ralph/deploy.lock'))).toBe(true);
    expect(await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root })).toMatchObject({ status: 0 });
    expect(await runProgram('ralph-lock', ['run', '--name', 'deploy', '--', 'true'], { cwd: root })).toMatchObject({
      status: 75,
    });
  });

  it.each(['../evil', 'a/b', '.hidden', 'x y', 'x'.repeat(65)])('cannot be called %j', async (name) => {
    const { root } = temporaryRepository();
    const { status: code, stderr } = await runProgram('ralph-lock', ['run', '--name', name, '--', 'true'], {
      cwd: root,
    });
    expect([code, errorRecord(stderr)['code'], existsSync(join(root, '.ralph'))]).toEqual([64, 'usage', false]);
  });

  it('needs a repository around, or a folder named with --repo', async () => {
    const folder = temporaryFolder();
    const { status: code, stderr } = await runProgram('ralph-lock', ['status'], { cwd: folder });
    expect([code, errorRecord(stderr)]).toMatchObject([
      78,
      { code: 'not_a_repository', hint: expect.stringContaining('--repo') as string },
    ]);
    expect(await runProgram('ralph-lock', ['run', '--repo', '.', '--', 'true'], { cwd: folder })).toMatchObject({
      status: 0,
    });
    expect(JSON.parse(readFileSync(join(folder, '.ralph/loop.lock'), 'utf8'))).toMatchObject({ state: 'released' });
  });
});
