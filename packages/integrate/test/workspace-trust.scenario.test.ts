import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { eventOf, finishedAttempt, foreignPush, parkHead, types } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;

describe('a folder that is not the workspace of the attempt is refused and left alone', () => {
  it.each(['a linked worktree of the user', 'another clone', 'the workspace of another task'])('%s', async (what) => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const other = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    const folder = what === 'the workspace of another task' ? other.workspace : join(repo.folder, 'mine');
    if (what === 'another clone') runGit(repo.folder, ['clone', '-q', repo.origin, folder]);
    if (what === 'a linked worktree of the user') repo.git('worktree', 'add', '-q', '-b', 'mine', folder);
    const before = [runGit(folder, ['reflog']), runGit(folder, ['config', '--list'])];
    const one = ['one', 'T-1', '--workspace', folder, '--attempt', '1', '--keep-workspaces'];
    const end = await runProgram('ralph-integrate', one, { cwd: repo.root });
    expect(end.status).toBe(1);
    expect(errorRecord(end.stderr)).toMatchObject({ code: 'workspace_missing' });
    expect([runGit(folder, ['reflog']), runGit(folder, ['config', '--list'])]).toEqual(before);
    expect(runGit(folder, ['status', '--porcelain', '--ignored'])).toBe('');
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('start');
  });
});

describe('what an agent has set in its workspace', () => {
  it.each(['in its configuration', 'in a file that its configuration includes'])(
    'another address for the remote, %s, leads nothing astray',
    async (where) => {
      const repo = temporaryRepository();
      const { line, git, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
      const fake = join(repo.folder, 'fake.git');
      git('clone', '-q', '--bare', repo.origin, fake);
      if (where === 'in its configuration') git('config', `url.${fake}.insteadOf`, repo.origin);
      else {
        writeFileSync(join(workspace, '.git/more'), `[url "${fake}"]\n\tinsteadOf = ${repo.origin}\n`);
        git('config', 'include.path', 'more');
      }
      const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
      expect(end.status).toBe(0);
      expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
      expect(runGit(fake, ['log', '--format=%s', 'main'])).toBe('start');
    },
  );

  it('hooks do not run in what is done to land the work', async () => {
    const repo = temporaryRepository();
    const { line, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    const ran = join(repo.folder, 'ran');
    for (const name of [
      'pre-rebase',
      'post-checkout',
      'post-rewrite',
      'post-commit',
      'pre-push',
      'reference-transaction',
    ])
      scriptedCommand(repo.folder, name, `echo ${name} >>${ran}`);
    git('config', 'core.hooksPath', join(repo.folder, 'bin'));
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(existsSync(ran)).toBe(false);
  });

  it('the hook that the user has set for pushes judges them', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    mkdirSync(join(repo.root, '.hooks'));
    scriptedCommand(repo.folder, 'pre-push', 'echo "not on Fridays" >&2; exit 1');
    repo.git('config', 'core.hooksPath', '../bin');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'push_local' });
    expect(eventOf(end, 'task.blocked')['reason']).toContain('not on Fridays');
  });

  it('a commit of a submodule that is on no remote blocks the push', async () => {
    const repo = temporaryRepository();
    const sub = join(repo.folder, 'sub.git');
    runGit(repo.folder, ['clone', '-q', '--bare', repo.origin, sub]);
    const asked = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet'];
    repo.git(...asked, 'add', sub, 'sub');
    repo.git('commit', '-q', '-m', 'sub');
    repo.git('push', '-q');
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const { git, line, workspace } = attempt;
    git(...asked, 'update', '--init');
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid'];
    runGit(join(workspace, 'sub'), [...identity, 'commit', '-q', '--allow-empty', '-m', 'only here']);
    git('commit', '-q', '-am', 'T-1: sub');
    parkHead(repo, attempt, 'T-1');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'push_local', attempts: 1 });
    expect(eventOf(end, 'task.blocked')['reason']).toMatch(/submodule paths contain changes/);
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['sub', 'start']);
  });
});

describe('somebody else at work', () => {
  it('a git that a person runs in the workspace does not hold the landing up', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const reader = spawn('git', ['cat-file', '--batch'], { cwd: workspace, stdio: ['pipe', 'ignore', 'ignore'] });
    onTestFinished(() => void reader.kill('SIGKILL'));
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(reader.exitCode).toBeNull();
  });

  it('a task that another process has is skipped, not blocked (75)', async () => {
    const repo = temporaryRepository();
    const { workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const claim = join(repo.root, '.ralph/cache/parallel/claims/T-1.lock');
    mkdirSync(join(claim, '..'), { recursive: true });
    const held = join(repo.folder, 'held');
    const holder = spawn('flock', [claim, 'sh', '-c', `touch ${held}; exec sleep 300`], { detached: true });
    onTestFinished(() => void process.kill(-(holder.pid ?? 0), 'SIGKILL'));
    await waitUntil('the claim is held', () => existsSync(held));
    const one = ['one', 'T-1', '--workspace', workspace, '--attempt', '1'];
    const end = await runProgram('ralph-integrate', one, { cwd: repo.root });
    expect(end.status).toBe(75);
    expect(types(end)).toEqual(['task.skipped']);
    expect(eventOf(end, 'task.skipped')).toMatchObject({ task_id: 'T-1', code: 'claim_held' });
    expect(existsSync(join(workspace, '.ralph'))).toBe(false);
  });

  it('a secret does not land because the workspace says that it has landed already', async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { '.env': 'TOKEN=1\n' } });
    attempt.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    writeFileSync(join(attempt.workspace, 'a.txt'), 'a\n');
    attempt.git('add', 'a.txt');
    attempt.git('commit', '-q', '-m', 'T-1: more');
    parkHead(repo, attempt, 'T-1');
    const args = ['run', '--target-branch', 'main'];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin: `${attempt.line}\n` });
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'secrets_committed' });
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('start');
  });
});
