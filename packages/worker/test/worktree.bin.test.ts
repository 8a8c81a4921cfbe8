import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

interface Loop {
  readonly name: string;
  readonly path: string;
  readonly branch: string;
  readonly state: string;
}

function worktree(repository: TestRepository, words: readonly string[], cwd = repository.root) {
  return runProgram('ralph-worker', ['worktree', ...words], { cwd });
}

async function add(repository: TestRepository, name = 'bright-maple'): Promise<Loop> {
  const { stdout, stderr, status } = await worktree(repository, ['add', name]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return records(stdout)[0] as unknown as Loop;
}

async function list(repository: TestRepository, cwd = repository.root): Promise<Loop[]> {
  return records((await worktree(repository, ['list'], cwd)).stdout) as unknown as Loop[];
}

/** Everything that a loop leaves when it is gone: nothing. */
function tracesOf({ root }: TestRepository): string[] {
  const folder = (path: string) => (existsSync(join(root, path)) ? readdirSync(join(root, path)) : []);
  const refs = runGit(root, ['for-each-ref', '--format=%(refname)', 'refs/heads/ralph/', 'refs/ralph/loops/']);
  return [
    ...folder('.worktrees').filter((name) => name !== '.gitignore'),
    ...folder('.git/worktrees'),
    ...folder('.git/ralph/loops'),
    ...refs.split('\n').filter((ref) => ref !== ''),
  ];
}

describe('ralph-worker worktree add', () => {
  it('makes a root of its own from what is committed, on a branch that origin gets, and touches no file of the user', async () => {
    const repository = temporaryRepository({ 'README.md': '# test\n', 'sub/a.txt': 'a\n', 'ünï "q".txt': 'u\n' });
    repository.write('sub/a.txt', 'an edit that is not committed\n');
    repository.write('new.txt', 'untracked\n');
    const before = repository.git('status', '--porcelain');
    const { path, branch } = await add(repository);
    expect({ path, branch }).toEqual({
      path: join(repository.root, '.worktrees/bright-maple'),
      branch: 'ralph/bright-maple',
    });
    expect(repository.git('status', '--porcelain')).toBe(before);
    expect(existsSync(join(repository.root, '.gitignore'))).toBe(false);
    expect(runGit(path, ['status', '--porcelain'])).toBe('');
    expect(readFileSync(join(path, 'sub/a.txt'), 'utf8')).toBe('a\n');
    expect(repository.gitOrigin('rev-parse', branch)).toBe(repository.git('rev-parse', 'HEAD'));
    const inside = await runProgram('ralph-worker', ['preflight'], { cwd: join(path, 'sub') });
    expect(records(inside.stdout)).toEqual([
      {
        target_branch: 'ralph/bright-maple',
        workspace_root: join(repository.folder, '.workspaces/repo/loops/bright-maple'),
        repo_root: path,
      },
    ]);
    const users = join(repository.folder, 'users');
    repository.git('worktree', 'add', '-q', '--detach', users);
    const linked = await runProgram('ralph-worker', ['preflight'], { cwd: users });
    expect(records(linked.stdout)[0]).toMatchObject({ repo_root: repository.root });
  });

  it('takes the settings along that git does not track', async () => {
    const repository = temporaryRepository();
    repository.write('.ralph/config.jsonc', '{"parallel":{"workers":3}}');
    const { path } = await add(repository);
    expect(readFileSync(join(path, '.ralph/config.jsonc'), 'utf8')).toBe('{"parallel":{"workers":3}}');
  });

  it('gives ten at once names of their own', async () => {
    const repository = temporaryRepository();
    const all = await Promise.all(Array.from({ length: 10 }, () => worktree(repository, ['add'])));
    expect(all.map(({ status, stderr }) => ({ status, stderr }))).toEqual(all.map(() => ({ status: 0, stderr: '' })));
    const loops = await list(repository);
    expect(new Set(loops.map(({ name }) => name)).size).toBe(10);
    expect(loops.every(({ state }) => state === 'idle')).toBe(true);
    for (const { path, branch } of loops) expect(runGit(path, ['symbolic-ref', '--short', 'HEAD'])).toBe(branch);
  });

  it('gives a name that is asked for by several at once to one of them', async () => {
    const repository = temporaryRepository();
    const all = await Promise.all(Array.from({ length: 4 }, () => worktree(repository, ['add', 'one'])));
    expect(all.map(({ status }) => status).filter((status) => status === 0)).toEqual([0]);
    expect(all.map(({ status }) => status).filter((status) => status === 75)).toEqual([75, 75, 75]);
    expect(await list(repository)).toHaveLength(1);
  });

  it.each([
    [
      'a folder',
      (repository: TestRepository) => mkdirSync(join(repository.root, '.worktrees/taken'), { recursive: true }),
    ],
    ['a branch', (repository: TestRepository) => repository.git('branch', 'ralph/taken')],
    ['a branch of origin', (repository: TestRepository) => repository.gitOrigin('branch', 'ralph/taken', 'main')],
  ])('refuses a name that %s has, and leaves that alone', async (_, take) => {
    const repository = temporaryRepository();
    take(repository);
    const before = [repository.git('for-each-ref'), repository.gitOrigin('for-each-ref')];
    const { status, stderr } = await worktree(repository, ['add', 'taken']);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 75, code: 'loop_exists' });
    expect([repository.git('for-each-ref'), repository.gitOrigin('for-each-ref')]).toEqual(before);
    expect(await list(repository)).toEqual([]);
  });

  it.each<[string, string, (repository: TestRepository) => void]>([
    ['a branch called ralph', 'loop_unavailable', (repository) => repository.git('branch', 'ralph')],
    ['no origin', 'no_origin', (repository) => repository.git('remote', 'remove', 'origin')],
    ['an origin that is away', 'origin_unreachable', (repository) => rmSync(repository.origin, { recursive: true })],
    [
      '.worktrees of the user that git sees',
      'loop_unavailable',
      (repository) => repository.write('.worktrees/.gitignore', '\n'),
    ],
    ['no commit', 'target_branch_missing', (repository) => repository.git('switch', '-q', '--orphan', 'empty')],
    ['a bare repository', 'loop_unavailable', (repository) => repository.git('config', 'core.bare', 'true')],
    [
      'an origin that refuses',
      'push_denied',
      (repository) => {
        writeFileSync(join(repository.origin, 'hooks/pre-receive'), '#!/bin/sh\necho no more branches >&2\nexit 1\n', {
          mode: 0o755,
        });
      },
    ],
  ])('refuses with %s, and leaves nothing', async (_, code, spoil) => {
    const repository = temporaryRepository();
    spoil(repository);
    const { stderr } = await worktree(repository, ['add']);
    expect(errorRecord(stderr)).toMatchObject({ code });
    expect(tracesOf(repository)).toEqual([]);
  });

  it('is not nested: from a second loop it refuses and names the main worktree', async () => {
    const repository = temporaryRepository();
    const { path } = await add(repository);
    const { status, stderr } = await worktree(repository, ['add'], path);
    expect({ status, error: errorRecord(stderr) }).toMatchObject({
      status: 78,
      error: { code: 'loop_unavailable', hint: `ralph-worker worktree add --repo ${repository.root}` },
    });
    expect(await list(repository, path)).toHaveLength(1);
  });

  it('works with submodules, and from a linked worktree of the user, as from the main one', async () => {
    const repository = temporaryRepository();
    const other = temporaryRepository({ 'lib.txt': 'lib\n' });
    repository.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', other.origin, 'lib');
    repository.git('commit', '-q', '-m', 'submodule');
    const users = join(repository.folder, 'users');
    repository.git('worktree', 'add', '-q', '--detach', users, 'HEAD~1');
    const { stdout } = await worktree(repository, ['add', 'two'], users);
    expect(records(stdout)[0]).toMatchObject({
      path: join(repository.root, '.worktrees/two'),
      base_commit: repository.git('rev-parse', 'HEAD'),
    });
    expect(await worktree(repository, ['remove', 'two'])).toMatchObject({ status: 0 });
    expect(tracesOf(repository)).toEqual(['users']);
  });
});

describe('ralph-worker worktree remove', () => {
  it('keeps edits, staged ones, new files and commits of nobody else, and removes the rest', async () => {
    const repository = temporaryRepository();
    const { path, name } = await add(repository);
    writeFileSync(join(path, 'committed.txt'), 'committed\n');
    runGit(path, ['add', '-A']);
    runGit(path, ['commit', '-q', '-m', 'not pushed']);
    writeFileSync(join(path, 'README.md'), 'staged\n');
    runGit(path, ['add', 'README.md']);
    writeFileSync(join(path, 'README.md'), 'edited\n');
    writeFileSync(join(path, 'new ünï.txt'), 'new\n');
    const tip = runGit(path, ['rev-parse', 'HEAD']);
    const { status, stdout, stderr } = await worktree(repository, ['remove', name]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const ref = 'refs/ralph/salvage/loop-bright-maple/1';
    expect(records(stdout)).toMatchObject([{ name, removed: true, salvaged: [{ ref }] }]);
    expect(repository.git('show', `${ref}:README.md`)).toBe('edited');
    expect(repository.git('show', `${ref}:new ünï.txt`)).toBe('new');
    expect(repository.git('merge-base', '--is-ancestor', tip, ref)).toBe('');
    expect(
      repository
        .git('log', '--format=%T', ref)
        .split('\n')
        .map((tree) => repository.git('show', `${tree}:README.md`)),
    ).toContain('staged');
    expect(tracesOf(repository)).toEqual([]);
    expect(repository.gitOrigin('rev-parse', '--verify', 'ralph/bright-maple')).toBe(
      repository.git('rev-parse', 'main'),
    );
    const kept = await runProgram('ralph-worker', ['list', '--salvaged'], { cwd: repository.root });
    expect(records(kept.stdout)).toMatchObject([{ task_id: 'loop-bright-maple', ref }]);
  });

  it('keeps nothing twice: what is on a branch of origin needs no ref', async () => {
    const repository = temporaryRepository();
    const { path, name, branch } = await add(repository);
    runGit(path, ['commit', '-q', '--allow-empty', '-m', 'pushed']);
    runGit(path, ['push', '-q', 'origin', `HEAD:refs/heads/${branch}`]);
    expect(records((await worktree(repository, ['remove', name])).stdout)).toMatchObject([{ salvaged: [] }]);
    expect(repository.git('for-each-ref', 'refs/ralph')).toBe('');
    expect(tracesOf(repository)).toEqual([]);
  });

  it('refuses while a loop runs there, says who, and touches nothing', async () => {
    const repository = temporaryRepository();
    const { path, name } = await add(repository);
    const holder = startProgram('ralph-lock', ['hold', '--prompt', 'the loop'], { cwd: path });
    const ended = transcriptOf(holder);
    await waitUntil('it runs', async () => (await list(repository))[0]?.state === 'running');
    const { status, stderr } = await worktree(repository, ['remove', name]);
    expect({ status, error: errorRecord(stderr) }).toMatchObject({ status: 75, error: { code: 'lock_held' } });
    expect(existsSync(path)).toBe(true);
    holder.stdin.end();
    await ended;
    expect(await worktree(repository, ['remove', name])).toMatchObject({ status: 0 });
  });

  it('clears what is left when the folder was deleted, and keeps the commits that were on its branch', async () => {
    const repository = temporaryRepository();
    const { path, name } = await add(repository);
    runGit(path, ['commit', '-q', '--allow-empty', '-m', 'not pushed']);
    const tip = runGit(path, ['rev-parse', 'HEAD']);
    rmSync(path, { recursive: true });
    repository.git('worktree', 'prune');
    expect(await list(repository)).toMatchObject([{ name, state: 'missing' }]);
    expect(records((await worktree(repository, ['remove', name])).stdout)).toMatchObject([
      { salvaged: [{ commit: tip }] },
    ]);
    expect(tracesOf(repository)).toEqual([]);
  });

  it('says so when there is no such loop', async () => {
    const { status, stderr } = await worktree(temporaryRepository(), ['remove', 'nobody']);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 6, code: 'loop_not_found' });
  });
});

it('a repository that was moved takes its second loops along', async () => {
  const repository = temporaryRepository();
  const { name } = await add(repository);
  const moved = join(repository.folder, 'moved');
  renameSync(repository.root, moved);
  const place = join(moved, '.worktrees', name);
  const { stdout } = await runProgram('ralph-worker', ['preflight'], { cwd: place });
  expect(records(stdout)[0]).toMatchObject({ repo_root: place });
  const listed = await runProgram('ralph-worker', ['worktree', 'list'], { cwd: moved });
  expect(records(listed.stdout)).toMatchObject([{ name, state: 'idle', path: place }]);
  expect(await runProgram('ralph-worker', ['worktree', 'remove', name], { cwd: moved })).toMatchObject({ status: 0 });
  expect(tracesOf({ ...repository, root: moved })).toEqual([]);
});
