import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, foreignPush, types } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces'] as const;

describe('ralph-integrate run lands finished work', () => {
  it('rebases, gates, pushes, verifies and says so', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', 'test -f a.txt'], {
      cwd: repo.root,
      stdin: `${line}\n`,
    });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(end.stdout.split('\n')[0]).toBe(line);
    expect(types(end)).toEqual([
      'agent.finished',
      'integrate.started',
      'rebase.done',
      'ci.started',
      'ci.passed',
      'task.completed',
    ]);
    const landed = repo.gitOrigin('rev-parse', 'main');
    expect(eventOf(end, 'task.completed')).toMatchObject({
      task_id: 'T-1',
      attempt: 1,
      commit: landed,
      push_attempts: 1,
      ci_runs: 1,
      workspace_path: workspace,
      title: 'Task T-1',
    });
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
    expect(existsSync(join(repo.root, '.ralph/cache/parallel/claims/T-1.lock'))).toBe(false);
  });

  it('lands candidates in the order of arrival, each on top of the one before', async () => {
    const repo = temporaryRepository();
    const first = finishedAttempt(repo, 'T-1', { files: { 'one.txt': '1\n' } });
    const second = finishedAttempt(repo, 'T-2', { files: { 'two.txt': '2\n' } });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${second.line}\n${first.line}\n` });
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'T-2: work', 'start']);
    const completed = records(end.stdout).filter((event) => event['type'] === 'task.completed');
    expect(completed.map((event) => event['task_id'])).toEqual(['T-2', 'T-1']);
  });

  it('M46: when another pushes between fetch and push, takes that in and lands all the same', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const rival = join(repo.folder, 'rival');
    const gate = `test -d ${rival} || { git clone -q ${repo.origin} ${rival} && cd ${rival} &&
      git -c user.name=r -c user.email=r@example.invalid commit -q --allow-empty -m rival && git push -q origin HEAD:main; }`;
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', gate], { cwd: repo.root, stdin: `${line}\n` });
    expect(end).toMatchObject({ status: 0 });
    expect(eventOf(end, 'push.rejected')).toMatchObject({ verdict: 'race' });
    expect(eventOf(end, 'task.completed')).toMatchObject({
      push_attempts: 2,
      commit: repo.gitOrigin('rev-parse', 'main'),
    });
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'rival', 'start']);
  });

  it('does not ask the gate twice about the same tree', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const rival = join(repo.folder, 'rival');
    // The rival's commit is empty: after the rebase the tree is the one that was judged.
    const gate = `echo ran >>${repo.folder}/gate; git clone -q ${repo.origin} ${rival} && cd ${rival} &&
      git -c user.name=r -c user.email=r@example.invalid commit -q --allow-empty -m rival && git push -q origin HEAD:main`;
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', gate], { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(
      records(end.stdout)
        .filter((event) => event['type'] === 'ci.passed')
        .map((event) => event['cached']),
    ).toEqual([false, true]);
    expect(eventOf(end, 'task.completed')).toMatchObject({ ci_runs: 1, push_attempts: 2 });
  });

  it('pushes the commit that was judged, not what the gate made of it', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const gate =
      'echo changed >a.txt; git -c user.name=g -c user.email=g@g commit -qam gate; git checkout -q -b elsewhere; echo more >a.txt';
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', gate], { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'start']);
  });

  it('the same line again is completed without a second push', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'other.txt', 'x\n');
    await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    const landed = repo.gitOrigin('rev-parse', 'main');
    foreignPush(repo, 'later.txt', 'x\n');
    const again = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(again.status).toBe(0);
    expect(eventOf(again, 'task.completed')).toMatchObject({ commit: landed, push_attempts: 0 });
    expect(repo.gitOrigin('rev-list', '--count', 'main')).toBe('4');
  });

  it('work that is on the target branch already, as another commit, is completed', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const foreign = foreignPush(repo, 'a.txt', 'a\n');
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(eventOf(end, 'task.completed')).toMatchObject({ commit: foreign, push_attempts: 0 });
  });

  it('lands on the branch and the remote that were named', async () => {
    const repo = temporaryRepository();
    repo.git('remote', 'rename', 'origin', 'upstream');
    repo.git('push', '-q', 'upstream', 'main:release/2026');
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const args = [...RUN, '--remote', 'upstream', '--target-branch', 'release/2026'];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('log', '--format=%s', 'release/2026').split('\n')).toEqual(['T-1: work', 'start']);
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('start');
  });

  it('an address that was changed in the workspace sends nothing elsewhere', async () => {
    const repo = temporaryRepository();
    const { line, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    git('init', '-q', '--bare', join(repo.folder, 'elsewhere.git'));
    git('config', 'remote.origin.url', join(repo.folder, 'elsewhere.git'));
    git('config', 'remote.origin.pushurl', join(repo.folder, 'elsewhere.git'));
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
  });
});
