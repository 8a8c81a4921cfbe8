import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runOf, runWorker, taskLines } from './worker-run.ts';

const FILES = { 'README.md': 'x', 'in/a.txt': 'a', 'out/b.txt': 'b' };

/** Does a task, and removes its workspace, in a repository that was made in its own way. */
const worked = async (root: string, agent = 'echo new > in/new.txt') => {
  const folder = join(root, '..');
  const command = scriptedCommand(folder, 'agent', agent);
  const run = await runProgram('ralph-worker', ['run', '--', command], { cwd: root, stdin: taskLines('RQ-0001') });
  const removed = await runProgram('ralph-worker', ['remove', 'RQ-0001'], { cwd: root });
  const { status, stderr, events } = runOf(run.status, run.stdout, run.stderr);
  return { status, stderr, failed: events('task.failed'), removed: removed.status };
};

const identify = (root: string) => {
  runGit(root, ['config', 'user.name', 'Test']);
  runGit(root, ['config', 'user.email', 'test@example.invalid']);
};

describe('a workspace of', () => {
  it('a sparse checkout has the same files, and an agent may add others', async () => {
    const repo = temporaryRepository(FILES);
    repo.git('sparse-checkout', 'set', 'in');
    const agent = 'ls > "$OUT/seen"; mkdir -p out; echo n > out/new.txt; echo n > in/new.txt; rm in/a.txt';
    const run = await runWorker(repo, taskLines('RQ-0001'), agent);
    expect(run.events('task.failed')).toEqual([]);
    expect(readFileSync(join(repo.folder, 'seen'), 'utf8')).toBe('README.md\nin\n');
    expect(repo.git('ls-tree', '-r', '--name-only', 'refs/ralph/attempts/RQ-0001/1').split('\n')).toEqual([
      'README.md',
      'in/new.txt',
      'out/b.txt',
      'out/new.txt',
    ]);
    writeFileSync(join(repo.workspaces, 'RQ-0001/out/later.txt'), 'later');
    expect((await runProgram('ralph-worker', ['remove', 'RQ-0001'], { cwd: repo.root })).status).toBe(0);
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:out/later.txt')).toBe('later');
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:out/b.txt')).toBe('b');
  });

  it('a partial clone and a shallow one works', async () => {
    const repo = temporaryRepository(FILES);
    repo.git('commit', '-q', '--allow-empty', '-m', 'second');
    repo.git('push', '-q', 'origin', 'main');
    repo.gitOrigin('config', 'uploadpack.allowFilter', 'true');
    for (const option of ['--filter=blob:none', '--depth=1']) {
      const root = join(repo.folder, `clone${option.slice(0, 4)}`);
      runGit(repo.folder, ['clone', '-q', '--no-checkout', option, `file://${repo.origin}`, root]);
      identify(root);
      expect({ option, ...(await worked(root)) }).toMatchObject({ status: 0, failed: [], removed: 0 });
    }
  });

  it('a repository with SHA-256 works', async () => {
    const { folder } = temporaryRepository();
    const [origin, root] = [join(folder, 'sha.git'), join(folder, 'sha')];
    runGit(folder, ['init', '-q', '--bare', '--object-format=sha256', '-b', 'main', origin]);
    runGit(folder, ['init', '-q', '--object-format=sha256', '-b', 'main', root]);
    identify(root);
    runGit(root, ['commit', '-q', '--allow-empty', '-m', 'start']);
    runGit(root, ['remote', 'add', 'origin', origin]);
    runGit(root, ['push', '-q', 'origin', 'main']);
    expect(await worked(root, 'echo x > x')).toMatchObject({ status: 0, failed: [], removed: 0 });
  });

  it('a repository that borrows its objects over as many steps as git allows works', async () => {
    const repo = temporaryRepository(FILES);
    let last = repo.root;
    for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) {
      const next = join(repo.folder, name);
      runGit(repo.folder, ['clone', '-q', '--shared', last, next]);
      runGit(next, ['remote', 'set-url', 'origin', repo.origin]);
      identify(next);
      last = next;
    }
    expect(await worked(last)).toMatchObject({ status: 0, failed: [], removed: 0 });
  });

  it('settings that are included, or hold for one folder or worktree only, has them too', async () => {
    const repo = temporaryRepository();
    const home = join(repo.folder, 'home');
    for (const key of ['user.name', 'user.email']) repo.git('config', '--unset', key);
    repo.write('../home/.gitconfig', `[user]\n\temail = all@x\n[includeIf "gitdir:${repo.root}/"]\n\tpath = here\n`);
    repo.write('../home/here', '[user]\n\temail = here@x\n');
    repo.write('../shared', '[user]\n\tname = Included\n');
    repo.git('config', 'include.path', '../../shared');
    repo.git('config', 'extensions.worktreeConfig', 'true');
    repo.git('config', '--worktree', 'core.eol', 'crlf');
    const env = { HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') };
    const command = scriptedCommand(repo.folder, 'agent', 'echo x > x');
    const run = await runProgram('ralph-worker', ['run', '--', command], {
      cwd: repo.root,
      stdin: taskLines('RQ-0001'),
      env,
    });
    expect(run.status).toBe(0);
    expect(repo.git('log', '-1', '--format=%an %ae', 'refs/ralph/attempts/RQ-0001/1')).toBe('Included here@x');
    expect(runGit(join(repo.workspaces, 'RQ-0001'), ['config', 'core.eol'])).toBe('crlf');
  });
});

describe('what only the user’s own repository says', () => {
  it('about ignored files and attributes holds in a workspace, too', async () => {
    const repo = temporaryRepository(FILES);
    writeFileSync(join(repo.folder, 'ignored'), 'build/\n');
    repo.git('config', 'core.excludesFile', join(repo.folder, 'ignored'));
    repo.git('config', 'core.autocrlf', 'input');
    writeFileSync(join(repo.root, '.git/info/attributes'), '*.bat -text\n');
    const agent = String.raw`mkdir build; echo x > build/x; printf 'a\r\n' > new.bat`;
    const run = await runWorker(repo, taskLines('RQ-0001'), agent);
    expect(run.events('agent.finished')).toMatchObject([{ changed_files: 1 }]);
    expect(repo.git('cat-file', '-s', 'refs/ralph/attempts/RQ-0001/1:new.bat')).toBe('3');
  });
});

describe('submodules', () => {
  const withSubmodules = () => {
    const inner = temporaryRepository({ 'inner.txt': 'inner' });
    const library = temporaryRepository({ 'lib.txt': 'lib' });
    const allow = ['-c', 'protocol.file.allow=always'];
    library.git(...allow, 'submodule', '--quiet', 'add', inner.origin, 'deep/inner');
    library.git('commit', '-q', '-m', 'inner');
    library.git('push', '-q', 'origin', 'main');
    const repo = temporaryRepository();
    repo.git(...allow, 'submodule', '--quiet', 'add', library.origin, 'lib dir');
    repo.git(...allow, 'submodule', '--quiet', 'add', inner.origin, 'empty');
    repo.git(...allow, 'submodule', '--quiet', 'update', '--init', '--recursive', 'lib dir');
    repo.git('commit', '-q', '-m', 'submodules');
    repo.git('push', '-q', 'origin', 'main');
    repo.git('submodule', '--quiet', 'deinit', '-f', 'empty');
    identify(join(repo.root, 'lib dir'));
    return { repo, library };
  };

  it('are filled in a workspace where they are at home, and stay empty where they are empty', async () => {
    const { repo, library } = withSubmodules();
    const agent =
      'cat "lib dir/lib.txt" "lib dir/deep/inner/inner.txt" > seen; ls empty >> seen; git submodule status >> seen';
    const run = await runWorker(repo, taskLines('RQ-0001'), agent);
    expect(run.events('task.failed')).toEqual([]);
    const path = join(repo.workspaces, 'RQ-0001');
    const seen = readFileSync(join(path, 'seen'), 'utf8');
    expect(seen).toMatch(/^libinner-[0-9a-f]{40} empty\n [0-9a-f]{40} lib dir \(/);
    expect(repo.git('show', '--format=', '--name-only', 'refs/ralph/attempts/RQ-0001/1')).toBe('seen');
    expect(runGit(join(path, 'lib dir'), ['remote', 'get-url', 'origin'])).toBe(library.origin);
    expect((await runProgram('ralph-worker', ['remove', 'RQ-0001'], { cwd: repo.root })).status).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it('take a commit from their origin that is not at home yet', async () => {
    const { repo, library } = withSubmodules();
    const before = repo.git('rev-parse', 'HEAD');
    library.write('lib.txt', 'newer');
    library.git('commit', '-q', '-a', '-m', 'newer');
    library.git('push', '-q', 'origin', 'main');
    const commit = library.git('rev-parse', 'HEAD');
    repo.git('update-index', '--cacheinfo', `160000,${commit},lib dir`);
    repo.git('commit', '-q', '-m', 'newer');
    repo.git('push', '-q', 'origin', 'main');
    repo.git('reset', '-q', '--hard', before);
    const run = await runWorker(repo, taskLines('RQ-0001'), 'cat "lib dir/lib.txt" > seen');
    expect(run.status).toBe(0);
    expect(repo.git('show', 'refs/ralph/attempts/RQ-0001/1:seen')).toBe('newer');
  });

  it('fail the task with a reason when their commit is nowhere to be had', async () => {
    const { repo } = withSubmodules();
    repo.git('update-index', '--cacheinfo', `160000,${'1'.repeat(40)},lib dir`);
    repo.git('commit', '-q', '-m', 'not pushed');
    repo.git('push', '-q', 'origin', 'main');
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo > "$OUT/ran"');
    expect(run.events('task.failed')).toMatchObject([{ code: 'workspace_unsupported' }]);
    expect(run.events('task.failed')[0]?.['reason']).toContain('the submodule lib dir is at 1111');
    expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });
});
