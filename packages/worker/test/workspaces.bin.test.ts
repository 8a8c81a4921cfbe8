import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { pidIn, runWorker, startWorker, STUBBORN, taskLines } from './worker-run.ts';

const worker = async (repo: TestRepository, ...args: readonly string[]) => {
  const transcript = await runProgram('ralph-worker', args, { cwd: repo.root });
  return { ...transcript, rows: transcript.status === 0 ? records(transcript.stdout) : [] };
};

describe('ralph-worker prepare', () => {
  it('makes a workspace on the newest commit of origin and says where', async () => {
    const repo = temporaryRepository();
    repo.write('local.txt', 'not pushed');
    repo.git('add', '-A');
    repo.git('commit', '-q', '-m', 'only here');
    const base = repo.gitOrigin('rev-parse', 'main');
    const { status, rows } = await worker(repo, 'prepare', 'RQ-0001');
    expect(status).toBe(0);
    const path = join(repo.workspaces, 'RQ-0001');
    expect(rows).toMatchObject([
      { task_id: 'RQ-0001', attempt: 1, workspace_path: path, base_commit: base, reused: false },
    ]);
    expect(runGit(path, ['status', '--porcelain=v2', '--branch'])).toContain('# branch.upstream origin/main');
    expect(runGit(path, ['rev-parse', 'HEAD'])).toBe(base);
    expect(runGit(path, ['remote', 'get-url', 'origin'])).toBe(repo.origin);
    expect(runGit(path, ['config', 'user.email'])).toBe('test@example.invalid');
  });

  it('gives each workspace settings, branches and a stash of its own', async () => {
    const repo = temporaryRepository();
    await worker(repo, 'prepare', 'RQ-0001');
    const path = join(repo.workspaces, 'RQ-0001');
    writeFileSync(join(path, 'README.md'), 'changed');
    runGit(path, ['stash']);
    runGit(path, ['config', 'user.name', 'Somebody']);
    runGit(path, ['branch', 'mine']);
    expect(repo.git('stash', 'list')).toBe('');
    expect(repo.git('config', 'user.name')).toBe('Test');
    expect(repo.git('branch', '--list', 'mine')).toBe('');
  });

  it('survives the pruning of the user’s repository', async () => {
    const repo = temporaryRepository();
    const other = repo.gitOrigin(
      '-c',
      'user.name=T',
      '-c',
      'user.email=t@t',
      'commit-tree',
      '-m',
      'only on origin',
      'main^{tree}',
    );
    repo.gitOrigin('update-ref', 'refs/heads/other', other);
    await worker(repo, 'prepare', 'RQ-0001', '--target-branch', 'other');
    repo.git('reflog', 'expire', '--expire=now', '--all');
    repo.git('gc', '-q', '--prune=now');
    expect(runGit(join(repo.workspaces, 'RQ-0001'), ['log', '-1', '--format=%s'])).toBe('only on origin');
  });

  it('follows a relative origin from another folder', async () => {
    const repo = temporaryRepository();
    repo.git('remote', 'set-url', 'origin', '../origin.git');
    await worker(repo, 'prepare', 'RQ-0001');
    expect(runGit(join(repo.workspaces, 'RQ-0001'), ['remote', 'get-url', '--push', 'origin'])).toBe(repo.origin);
  });

  it('M11 is content with a push URL alone', async () => {
    const repo = temporaryRepository();
    repo.git('config', '--unset', 'remote.origin.url');
    repo.git('config', 'remote.origin.pushurl', repo.origin);
    expect((await worker(repo, 'prepare', 'RQ-0001')).status).toBe(0);
  });

  it('keeps what an older workspace held before it takes its place', async () => {
    const repo = temporaryRepository();
    await worker(repo, 'prepare', 'RQ-0001');
    const path = join(repo.workspaces, 'RQ-0001');
    writeFileSync(join(path, 'new.txt'), 'unsaved');
    const { rows, stderr } = await worker(repo, 'prepare', 'RQ-0001');
    expect(rows).toMatchObject([{ attempt: 2, salvage_ref: 'refs/ralph/salvage/RQ-0001/1' }]);
    expect(stderr).toContain('refs/ralph/salvage/RQ-0001/1');
    expect(existsSync(join(path, 'new.txt'))).toBe(false);
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:new.txt')).toBe('unsaved');
  });

  it('takes a symlink out of its way and never follows it', async () => {
    const repo = temporaryRepository();
    const target = join(repo.folder, 'precious');
    mkdirSync(target);
    writeFileSync(join(target, 'file'), 'x');
    mkdirSync(repo.workspaces, { recursive: true });
    symlinkSync(target, join(repo.workspaces, 'RQ-0001'));
    expect((await worker(repo, 'prepare', 'RQ-0001')).status).toBe(0);
    expect(readFileSync(join(target, 'file'), 'utf8')).toBe('x');
    expect(existsSync(join(repo.workspaces, 'RQ-0001/README.md'))).toBe(true);
  });

  it('refuses an id that cannot name a folder', async () => {
    const { status, stderr } = await worker(temporaryRepository(), 'prepare', '../x');
    expect(status).toBe(65);
    expect(errorRecord(stderr)['code']).toBe('task_unsafe_id');
  });
});

describe('ralph-worker list', () => {
  it('shows each workspace, whether it has edits, and how far it is ahead', async () => {
    const repo = temporaryRepository();
    expect((await worker(repo, 'list')).rows).toEqual([]);
    await worker(repo, 'prepare', 'RQ-0001');
    await worker(repo, 'prepare', 'RQ-0002');
    const path = join(repo.workspaces, 'RQ-0002');
    runGit(path, ['commit', '-q', '--allow-empty', '-m', 'x']);
    writeFileSync(join(path, 'new.txt'), '');
    const base = repo.git('rev-parse', 'HEAD');
    const known = { phase: 'prepared', base_commit: base, parked_commit: base, claimed: false, blocked: null };
    const more = { ...known, attempt: 1, latest_attempt: 1, target_branch: 'main', finished: null };
    const first = join(repo.workspaces, 'RQ-0001');
    expect((await worker(repo, 'list')).rows).toEqual([
      { ...more, task_id: 'RQ-0001', workspace_path: first, dirty: false, ahead: 0 },
      { ...more, task_id: 'RQ-0002', workspace_path: path, dirty: true, ahead: 1 },
    ]);
    expect((await worker(repo, 'list', '--brief')).rows).toMatchObject([
      { task_id: 'RQ-0001', phase: 'prepared', dirty: null, ahead: null },
      { task_id: 'RQ-0002', phase: 'prepared', dirty: null, ahead: null },
    ]);
  });

  it('does not take a repository around a broken workspace for the workspace', async () => {
    const repo = temporaryRepository();
    runGit(repo.folder, ['init', '-q', '.']);
    await worker(repo, 'prepare', 'RQ-0001');
    writeFileSync(join(repo.workspaces, 'RQ-0001/.git/HEAD'), '');
    expect((await worker(repo, 'list')).rows).toMatchObject([
      { task_id: 'RQ-0001', attempt: 1, dirty: null, ahead: null },
    ]);
  });
});

describe('ralph-worker remove', () => {
  it('keeps commits, staged and unstaged edits, new files and stashes, and shows where', async () => {
    const repo = temporaryRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
    await worker(repo, 'prepare', 'RQ-0001');
    const path = join(repo.workspaces, 'RQ-0001');
    runGit(path, ['commit', '-q', '--allow-empty', '-m', 'committed']);
    runGit(path, ['checkout', '-q', '-b', 'side']);
    runGit(path, ['commit', '-q', '--allow-empty', '-m', 'on a side branch']);
    runGit(path, ['checkout', '-q', 'main']);
    for (const word of ['stashed first', 'stashed last']) {
      writeFileSync(join(path, 'b.txt'), `${word}\n`);
      runGit(path, ['stash', '-q']);
    }
    writeFileSync(join(path, 'a.txt'), 'staged\n');
    runGit(path, ['add', 'a.txt']);
    writeFileSync(join(path, 'a.txt'), 'unstaged\n');
    writeFileSync(join(path, 'new.txt'), 'new\n');
    writeFileSync(join(path, '.env'), 'SECRET=1\n');
    const { rows } = await worker(repo, 'remove', 'RQ-0001');
    const ref = 'refs/ralph/salvage/RQ-0001/1';
    expect(rows).toMatchObject([{ task_id: 'RQ-0001', removed: true, salvaged: [{ ref }] }]);
    expect(existsSync(path)).toBe(false);
    expect(repo.git('show', `${ref}:a.txt`)).toBe('unstaged');
    expect(repo.git('show', `${ref}:new.txt`)).toBe('new');
    const subjects = repo.git('log', '--format=%s', ref);
    for (const subject of ['committed', 'on a side branch']) expect(subjects).toContain(subject);
    const contents = repo
      .git('log', '--format=%H', ref)
      .split('\n')
      .map((commit) => repo.git('show', '-m', commit));
    expect(contents.join('\n')).toContain('+staged');
    expect(contents.join('\n')).toContain('+stashed first');
    expect(contents.join('\n')).toContain('+stashed last');
    expect(repo.git('rev-list', '--objects', ref)).not.toContain('.env');
    expect(repo.git('for-each-ref', 'refs/ralph/base')).toBe('');
    expect((await worker(repo, 'list', '--salvaged')).rows).toMatchObject([{ task_id: 'RQ-0001', attempt: 1, ref }]);
  });

  it('keeps the files of a repository inside the workspace, and those of a workspace without its git folder', async () => {
    const repo = temporaryRepository();
    for (const id of ['RQ-0001', 'RQ-0002']) await worker(repo, 'prepare', id);
    const [one, two] = [join(repo.workspaces, 'RQ-0001'), join(repo.workspaces, 'RQ-0002')];
    mkdirSync(join(one, 'app'));
    runGit(join(one, 'app'), ['init', '-q']);
    writeFileSync(join(one, 'app/main.txt'), 'nested');
    writeFileSync(join(two, 'new.txt'), 'left');
    mkdirSync(join(two, 'app'));
    runGit(join(two, 'app'), ['init', '-q']);
    writeFileSync(join(two, 'app/main.txt'), 'nested too');
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@t'];
    runGit(join(two, 'app'), [...identity, 'commit', '-q', '--allow-empty', '-m', 'inside']);
    writeFileSync(join(two, '.git/HEAD'), '');
    await worker(repo, 'remove', 'RQ-0001');
    await worker(repo, 'remove', 'RQ-0002');
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:app/main.txt')).toBe('nested');
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0002/1:new.txt')).toBe('left');
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0002/1:app/main.txt')).toBe('nested too');
  });

  it('keeps nothing twice: what is on origin or parked needs no salvage', async () => {
    const repo = temporaryRepository();
    await worker(repo, 'prepare', 'RQ-0001');
    const path = join(repo.workspaces, 'RQ-0001');
    runGit(path, ['commit', '-q', '--allow-empty', '-m', 'landed']);
    runGit(path, ['push', '-q', 'origin', 'HEAD:main']);
    expect((await worker(repo, 'remove', 'RQ-0001')).rows).toMatchObject([{ removed: true, salvaged: [] }]);
    await runWorker(repo, taskLines('RQ-0002'), 'echo x > x');
    expect((await worker(repo, 'remove', 'RQ-0002')).rows).toMatchObject([{ removed: true, salvaged: [] }]);
    expect(repo.git('for-each-ref', 'refs/ralph/salvage')).toBe('');
  });

  it('is content when there is none, and leaves no claim file', async () => {
    const repo = temporaryRepository();
    expect((await worker(repo, 'remove', 'RQ-0001')).rows).toMatchObject([{ removed: false, salvaged: [] }]);
    expect(existsSync(join(repo.root, '.ralph/cache/parallel/claims/RQ-0001.lock'))).toBe(false);
  });

  it('does not take the workspace of a living agent', async () => {
    const repo = temporaryRepository();
    const running = startWorker(repo, STUBBORN);
    running.stdin.write(taskLines('RQ-0001'));
    await pidIn(repo, 'agent.pid');
    const { status, stderr } = await worker(repo, 'remove', 'RQ-0001');
    expect(status).toBe(75);
    expect(errorRecord(stderr)).toMatchObject({ code: 'claim_held', retryable: true });
    expect((await worker(repo, 'reap')).rows).toMatchObject([{ action: 'kept' }]);
    expect(existsSync(join(repo.workspaces, 'RQ-0001/edit.txt'))).toBe(true);
    running.kill('SIGTERM');
  });
});

describe('ralph-worker logs', () => {
  it('prints what the agent of the last attempt, or of a chosen one, wrote', async () => {
    const repo = temporaryRepository();
    for (const word of ['one', 'two'])
      await runWorker(repo, taskLines('RQ-0001'), `echo ${word}; echo err >&2; exit 1`);
    expect((await runProgram('ralph-worker', ['logs', 'RQ-0001'], { cwd: repo.root })).stdout).toBe('two\nerr\n');
    expect((await runProgram('ralph-worker', ['logs', 'RQ-0001', '--attempt', '1'], { cwd: repo.root })).stdout).toBe(
      'one\nerr\n',
    );
  });

  it('gives 6 for a task without a log', async () => {
    const { status, stderr } = await runProgram('ralph-worker', ['logs', 'RQ-0009'], {
      cwd: temporaryRepository().root,
    });
    expect(status).toBe(6);
    expect(errorRecord(stderr)['code']).toBe('record_not_found');
  });
});
