import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { largeRepository } from './large-repository.ts';
import { runWorker, taskLines } from './worker-run.ts';

const worker = async (repo: TestRepository, ...args: readonly string[]) =>
  records((await runProgram('ralph-worker', args, { cwd: repo.root })).stdout);

/** Prepares a workspace, has a script work in it, and removes it, so that it becomes a warm one. */
async function usedBy(repo: TestRepository, id: string, script: string): Promise<void> {
  const cwd = join(repo.workspaces, id);
  if (!existsSync(cwd)) await worker(repo, 'prepare', id);
  execFileSync('sh', ['-ec', script], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  await worker(repo, 'remove', id);
}

/** Everything that can be seen of a workspace but its objects: settings, refs, files, their rights. */
function lookOf(path: string): Record<string, unknown> {
  const git = (...args: readonly string[]) => runGit(path, args);
  return {
    config: readFileSync(join(path, '.git/config'), 'utf8'),
    exclude: readFileSync(join(path, '.git/info/exclude'), 'utf8'),
    dotGit: readdirSync(join(path, '.git')).filter((name) => name !== 'logs'),
    refs: git('for-each-ref'),
    head: git('rev-parse', 'HEAD'),
    branch: git('symbolic-ref', 'HEAD'),
    status: git('status', '--porcelain', '--ignored'),
    flags: git('ls-files', '-v').replaceAll(/^H .*\n?/gm, ''),
    index: git('ls-files', '-s'),
    files: git('ls-files', '-s', '--full-name').split('\n').length,
    found: execFileSync('find', ['.', '-path', './.git', '-prune', '-o', '-printf', '%P %m %y %l\n'], {
      cwd: path,
      encoding: 'utf8',
    })
      .split('\n')
      .toSorted(),
  };
}

const WITH_IDENTITY = 'git config user.name A; git config user.email a@a';

describe('a warm workspace', () => {
  it('is made of a removed one, given to the next task, and not counted as a workspace', async () => {
    const repo = largeRepository();
    await usedBy(repo, 'RQ-0001', 'echo edit >> src/d1/f1.txt');
    expect(await worker(repo, 'list')).toEqual([]);
    const [warm] = await worker(repo, 'list', '--warm');
    expect(warm).toMatchObject({ task_id: 'RQ-0001', files: 2501, setup_key: null });
    const inode = statSync(join(String(warm?.['workspace_path']), 'src/d2/f2.txt')).ino;
    expect(await worker(repo, 'prepare', 'RQ-0002')).toMatchObject([{ reused: true }]);
    const path = join(repo.workspaces, 'RQ-0002');
    expect(statSync(join(path, 'src/d2/f2.txt')).ino).toBe(inode);
    expect(readFileSync(join(path, 'src/d1/f1.txt'), 'utf8')).toBe('file 1\n');
    expect(await worker(repo, 'list', '--warm')).toEqual([]);
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:src/d1/f1.txt')).toBe('file 1\nedit');
  });

  it('follows origin to its newest commit', async () => {
    const repo = largeRepository();
    await usedBy(repo, 'RQ-0001', 'true');
    repo.write('src/d1/f1.txt', 'newer\n');
    repo.write('junk2/new.txt', 'new\n');
    repo.git('rm', '-q', 'src/d3/f3.txt');
    repo.git('add', '-A');
    repo.git('commit', '-q', '-m', 'newer');
    repo.git('push', '-q');
    expect(await worker(repo, 'prepare', 'RQ-0002')).toMatchObject([{ reused: true }]);
    const path = join(repo.workspaces, 'RQ-0002');
    expect(runGit(path, ['rev-parse', 'HEAD'])).toBe(repo.git('rev-parse', 'HEAD'));
    expect(runGit(path, ['status', '--porcelain', '--ignored'])).toBe('');
    expect(readFileSync(join(path, 'src/d1/f1.txt'), 'utf8')).toBe('newer\n');
    expect(existsSync(join(path, 'src/d3/f3.txt'))).toBe(false);
  });

  const traces: Record<string, string> = {
    'a hook':
      'mkdir -p .git/hooks; printf "#!/bin/sh\\nexit 1\\n" > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit',
    settings: 'git config core.hooksPath x; git config alias.st x; git remote set-url origin /nowhere',
    'a stash and branches': `${WITH_IDENTITY}; echo x >> src/d1/f1.txt; git stash -q; git branch other; git tag v1`,
    'an assumed file': 'git update-index --assume-unchanged src/d1/f1.txt; echo x > src/d1/f1.txt',
    'a skipped file': 'git update-index --skip-worktree src/d1/f1.txt; echo x > src/d1/f1.txt',
    'its old time': 'touch -r src/d1/f1.txt ../t; echo "FILE 1" > src/d1/f1.txt; touch -r ../t src/d1/f1.txt; rm ../t',
    'half a rebase': `${WITH_IDENTITY}; git checkout -q -b a; echo a > src/d1/f1.txt; git commit -qam a; git checkout -q main;
      echo b > src/d1/f1.txt; git commit -qam b; git rebase a 2> .git/x || true; test -d .git/rebase-merge`,
    locks: 'touch .git/index.lock .git/HEAD.lock .git/config.lock',
    'ignored junk': 'mkdir -p junk/a; echo x > junk/a/b; echo x > src/d1/x.log; echo SECRET > .env',
    excludes: 'echo "*.txt" >> .git/info/exclude; echo x > src/new.txt',
    'a nested repository': 'git init -q nested; echo x > nested/file',
    'a linked folder': 'mv src/d4 ../moved; ln -s "$PWD/../moved" src/d4',
    'a read-only folder': 'mkdir junk; echo x > junk/x; chmod 500 junk',
    'files in place of folders': 'rm -r src/d5; echo x > src/d5; rm src/d6/f6.txt; mkdir -p src/d6/f6.txt/deep',
    'all of its git folder gone': 'rm -rf .git',
  };
  it('shows nothing of what an agent has done to a workspace', async () => {
    const repo = largeRepository();
    await worker(repo, 'prepare', 'RQ-0009', '--fresh');
    const fresh = lookOf(join(repo.workspaces, 'RQ-0009'));
    const looks: Record<string, unknown> = {};
    for (const [trace, script] of Object.entries(traces)) {
      await usedBy(repo, 'RQ-0001', script);
      const [row] = await worker(repo, 'prepare', 'RQ-0001');
      looks[trace] = { reused: row?.['reused'], ...lookOf(join(repo.workspaces, 'RQ-0001')) };
    }
    expect(looks).toEqual(Object.fromEntries(Object.keys(traces).map((trace) => [trace, { reused: true, ...fresh }])));
  });

  const thrownAway: Record<string, string> = {
    'a repository around tracked files': 'git init -q src/d1',
    'a folder with narrow rights': 'chmod 500 src/d1',
    'a file with a second name': 'ln src/d1/f1.txt ../second-name',
    'a file without rights': 'chmod 000 src/d1/f1.txt',
  };
  it('is thrown away for a fresh one when git cannot see all that was done to it', async () => {
    const repo = largeRepository();
    await worker(repo, 'prepare', 'RQ-0009', '--fresh');
    const fresh = lookOf(join(repo.workspaces, 'RQ-0009'));
    const looks: Record<string, unknown> = {};
    for (const [trace, script] of Object.entries(thrownAway)) {
      await usedBy(repo, 'RQ-0001', script);
      const [row] = await worker(repo, 'prepare', 'RQ-0001');
      looks[trace] = { reused: row?.['reused'], ...lookOf(join(repo.workspaces, 'RQ-0001')) };
    }
    const expected = Object.keys(thrownAway).map((trace) => [trace, { reused: false, ...fresh }]);
    expect(looks).toEqual(Object.fromEntries(expected));
    expect(readdirSync(repo.workspaces).filter((name) => name.startsWith('.ralph-draft'))).toEqual([]);
  });

  it('is thrown away where an ignored file could not be removed, beside what a set-up has made', async () => {
    const repo = largeRepository();
    const setup = ['--setup', 'mkdir -p node_modules; echo x > node_modules/x'];
    await worker(repo, 'prepare', 'RQ-0001', ...setup);
    await usedBy(repo, 'RQ-0001', String.raw`echo left > "$(printf 'a\377.log')"`);
    expect(await worker(repo, 'prepare', 'RQ-0002', ...setup)).toMatchObject([{ reused: false }]);
    const path = join(repo.workspaces, 'RQ-0002');
    expect(runGit(path, ['status', '--porcelain', '--ignored'])).toBe('!! node_modules/');
  });

  it('that is broken costs nothing but time', async () => {
    const repo = largeRepository();
    await usedBy(repo, 'RQ-0001', 'true');
    const [name = ''] = readdirSync(repo.workspaces).filter((one) => one.startsWith('.ralph-warm.'));
    writeFileSync(join(repo.workspaces, name, 'kept/index'), 'no index');
    expect(await worker(repo, 'prepare', 'RQ-0002')).toMatchObject([{ reused: false }]);
    expect(runGit(join(repo.workspaces, 'RQ-0002'), ['status', '--porcelain'])).toBe('');
  });

  it('is not made of a small one, nor where as many as wanted are kept, nor taken with --fresh', async () => {
    const small = temporaryRepository();
    await usedBy(small, 'RQ-0001', 'true');
    expect(await worker(small, 'list', '--warm')).toEqual([]);
    const repo = largeRepository();
    for (const id of ['RQ-0001', 'RQ-0002']) await worker(repo, 'prepare', id);
    await worker(repo, 'remove', 'RQ-0001', '--warm', '1');
    await worker(repo, 'remove', 'RQ-0002', '--warm', '1');
    expect(await worker(repo, 'list', '--warm')).toMatchObject([{ task_id: 'RQ-0001' }]);
    expect(await worker(repo, 'prepare', 'RQ-0003', '--fresh')).toMatchObject([{ reused: false }]);
    await worker(repo, 'remove', 'RQ-0003', '--warm', '0');
    expect(readdirSync(repo.workspaces).map((name) => name.replace(/[0-9a-f]{8}$/, ''))).toEqual([
      '.ralph-warm.RQ-0001.',
    ]);
  });

  it('keeps ignored files on request, but none of the run and no secrets', async () => {
    const repo = largeRepository();
    await usedBy(
      repo,
      'RQ-0001',
      'mkdir -p junk .ralph/cache; echo x > junk/a; echo x > .ralph/cache/a; echo x > src/d1/.env; git init -q junk/b',
    );
    expect(await worker(repo, 'prepare', 'RQ-0002', '--keep-ignored')).toMatchObject([{ reused: true }]);
    expect(runGit(join(repo.workspaces, 'RQ-0002'), ['status', '--porcelain', '--ignored'])).toBe('!! junk/');
  });

  it('is never taken by two at once', async () => {
    const repo = largeRepository();
    for (const id of ['RQ-0001', 'RQ-0002']) await worker(repo, 'prepare', id);
    for (const id of ['RQ-0001', 'RQ-0002']) await worker(repo, 'remove', id);
    const ids = ['RQ-0003', 'RQ-0004', 'RQ-0005', 'RQ-0006'];
    const rows = (await Promise.all(ids.map((id) => worker(repo, 'prepare', id)))).flat();
    expect(rows.map((row) => String(row['reused'])).toSorted()).toEqual(['false', 'false', 'true', 'true']);
    expect(ids.map((id) => runGit(join(repo.workspaces, id), ['status', '--porcelain', '--ignored']))).toEqual([
      '',
      '',
      '',
      '',
    ]);
  });

  it('is what run makes of failed tasks, and gives to the next ones; an older workspace of the task serves, too', async () => {
    const repo = largeRepository();
    const failing = await runWorker(repo, taskLines('RQ-0001', 'RQ-0002'), 'echo x > x; exit 1');
    expect(failing.events('workspace.ready').map((event) => event['reused'])).toEqual([false, true]);
    await worker(repo, 'reap', '--all');
    await worker(repo, 'prepare', 'RQ-0003', '--fresh');
    const path = join(repo.workspaces, 'RQ-0003');
    writeFileSync(join(path, 'unsaved'), 'x');
    const inode = statSync(join(path, 'src/d1/f1.txt')).ino;
    expect(await worker(repo, 'prepare', 'RQ-0003')).toMatchObject([
      { reused: true, salvage_ref: 'refs/ralph/salvage/RQ-0003/1' },
    ]);
    expect(statSync(join(path, 'src/d1/f1.txt')).ino).toBe(inode);
  });

  it('is removed by reap --all; what belongs to a workspace that is gone always', async () => {
    const repo = largeRepository();
    await usedBy(repo, 'RQ-0001', 'true');
    await worker(repo, 'prepare', 'RQ-0002', '--fresh');
    renameSync(join(repo.workspaces, 'RQ-0002'), join(repo.folder, 'gone'));
    expect(await worker(repo, 'reap')).toMatchObject([
      { task_id: 'RQ-0002', action: 'swept', reason: 'belongs to a workspace that is gone' },
      { task_id: 'RQ-0002', action: 'swept', reason: 'the base of no workspace' },
    ]);
    expect(await worker(repo, 'list', '--warm')).toHaveLength(1);
    expect(await worker(repo, 'reap', '--all')).toMatchObject([{ task_id: 'RQ-0001', action: 'removed' }]);
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });
});
