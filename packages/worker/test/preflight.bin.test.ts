import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';

const preflight = (cwd: string, ...args: readonly string[]) =>
  runProgram('ralph-worker', ['preflight', ...args], { cwd });

describe('ralph-worker preflight', () => {
  it('says with which branch and folders a run would work', async () => {
    const repo = temporaryRepository();
    const { status, stdout } = await preflight(repo.root, '--', 'sh');
    expect(status).toBe(0);
    expect(records(stdout)).toEqual([{ target_branch: 'main', workspace_root: repo.workspaces, repo_root: repo.root }]);
    expect(existsSync(repo.workspaces)).toBe(false);
  });

  it.each([
    [['--setup-key', 'package-lock.json'], '--setup-key needs --setup'],
    [['--idle-timeout', 'soon'], '--idle-timeout "soon"'],
  ])('tells of the options of a run what is wrong with them: %j', async (options, wanted) => {
    const repo = temporaryRepository();
    const { status, stderr } = await preflight(repo.root, ...options);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 64, code: 'usage' });
    expect(stderr).toContain(wanted);
  });

  it('refuses a folder that is no repository', async () => {
    const { status, stderr } = await preflight(temporaryFolder());
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({ code: 'not_a_repository' });
  });

  it('M10 refuses a detached HEAD, unless a branch is named', async () => {
    const repo = temporaryRepository();
    repo.git('checkout', '-q', '--detach');
    const { status, stderr } = await preflight(repo.root);
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({ code: 'detached_head' });
    expect(stderr).toContain('named branch (detached HEAD detected)');
    expect((await preflight(repo.root, '--target-branch', 'main')).status).toBe(0);
  });

  it('refuses a branch without a commit', async () => {
    const folder = temporaryFolder();
    runGit(folder, ['init', '-q', '-b', 'main', '.']);
    const { status, stderr } = await preflight(folder);
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({
      code: 'target_branch_missing',
      message: 'the branch main has no commit yet',
    });
  });

  it('refuses a repository in which nobody could commit, and says how to mend it', async () => {
    const repo = temporaryRepository();
    repo.git('config', 'user.email', '');
    repo.git('config', 'user.useConfigOnly', 'true');
    repo.git('config', '--unset', 'user.name');
    const { status, stderr } = await preflight(repo.root);
    expect(status).toBe(78);
    expect(errorRecord(stderr)['code']).toBe('identity_missing');
    expect(errorRecord(stderr)['hint']).toMatch(/git config user\.name .* git config user\.email/);
  });

  it('gives 127 for an agent that is not there and 126 for one that cannot be started', async () => {
    const repo = temporaryRepository();
    expect((await preflight(repo.root, '--', 'no-such-agent')).status).toBe(127);
    writeFileSync(join(repo.folder, 'agent'), '');
    expect((await preflight(repo.root, '--', join(repo.folder, 'agent'))).status).toBe(126);
  });

  it('M04 refuses a root in the repository that is not ignored, names the ways out, and makes nothing', async () => {
    const repo = temporaryRepository();
    const { status, stderr } = await preflight(repo.root, '--workspace-root', '.ws');
    expect(status).toBe(78);
    for (const part of ['workspace_root:', 'repo_root:', '.ws/', '.gitignore', '.git/info/exclude'])
      expect(stderr).toContain(part);
    expect(existsSync(join(repo.root, '.ws'))).toBe(false);
  });

  it.each([
    ['.gitignore', '.ws/'],
    ['.git/info/exclude', '.ws/'],
    ['.gitignore', '.ws/*'],
  ])('M05 accepts a root in the repository that %s ignores with %s', async (file, rule) => {
    const repo = temporaryRepository();
    repo.write(file, `${rule}\n`);
    expect((await preflight(repo.root, '--workspace-root', '.ws')).status).toBe(0);
  });

  it('M06 refuses the repository itself as the root', async () => {
    const repo = temporaryRepository();
    const { status, stderr } = await preflight(repo.root, '--workspace-root', '.');
    expect(status).toBe(78);
    expect(stderr).toContain('Refusing to run');
  });

  it('M07 accepts a root outside the repository without asking what is ignored', async () => {
    const repo = temporaryRepository();
    expect((await preflight(repo.root, '--workspace-root', join(repo.folder, 'elsewhere'))).status).toBe(0);
  });

  it.each(['preflight', 'prepare RQ-0001', 'run'])(
    '%s refuses a root that cannot be made or written, and leaves nothing of it',
    async (words) => {
      const repo = temporaryRepository();
      writeFileSync(join(repo.folder, 'file'), '');
      const command = words === 'run' ? ['--', 'sh'] : [];
      for (const root of ['/proc/x', '/proc/x/y', '/proc', join(repo.folder, 'file'), join(repo.folder, 'file/x')]) {
        const args = [...words.split(' '), '--workspace-root', root, ...command];
        const { status, stderr } = await runProgram('ralph-worker', args, { cwd: repo.root });
        expect({ root, status, code: errorRecord(stderr)['code'] }).toEqual({
          root,
          status: 78,
          code: 'workspace_root',
        });
        expect(errorRecord(stderr)['message']).toContain(root);
      }
      expect(existsSync(join(repo.root, '.ralph/cache/parallel/claims'))).toBe(false);
    },
  );

  it('takes away the folders that it made to see whether they can be made, and no other', async () => {
    const repo = temporaryRepository();
    mkdirSync(join(repo.folder, 'mine'));
    const root = join(repo.folder, 'mine/a/b');
    expect((await preflight(repo.root, '--workspace-root', root)).status).toBe(0);
    expect(readdirSync(join(repo.folder, 'mine'))).toEqual([]);
  });
});
