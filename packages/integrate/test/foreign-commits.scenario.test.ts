import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { eventOf, finishedAttempt, foreignPush, parkHead, type FinishedAttempt } from './finished-attempt.ts';

const ONE = ['one', 'T-1', '--backoff', '1', '--keep-workspaces'] as const;

function one(repo: TestRepository) {
  return runProgram('ralph-integrate', ONE, { cwd: repo.root });
}

function typed(command: unknown): number | null {
  return spawnSync('sh', ['-c', String(command)], { env: testEnvironment() }).status;
}

function commit(repo: TestRepository, path: string, subject: string): string {
  repo.write(path, `${path}\n`);
  repo.git('add', path);
  repo.git('commit', '-q', '-m', subject);
  return repo.git('rev-parse', 'HEAD');
}

/** A branch of somebody's that is on the remote and not on the target. */
function featureOnOrigin(repo: TestRepository): string {
  repo.git('checkout', '-q', '-b', 'feature');
  const tip = commit(repo, 'feature.txt', 'half of a feature');
  repo.git('push', '-q', 'origin', 'feature');
  repo.git('checkout', '-q', 'main');
  return tip;
}

/** Puts the attempt's own commit on top of something else. */
function onTopOf(repo: TestRepository, attempt: FinishedAttempt, commitId: string): void {
  attempt.git('fetch', '-q', repo.root, commitId);
  attempt.git('rebase', '-q', commitId);
  parkHead(repo, attempt, 'T-1');
}

describe('only commits that the attempt made may land', () => {
  it('lands while the local target branch has commits that are not pushed, and tags, stashes and other tasks stand around', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    const local = commit(repo, 'local.txt', 'not pushed');
    repo.git('tag', '-m', 'words', 'v1');
    repo.git('update-ref', 'refs/tags/a-file', repo.git('rev-parse', 'HEAD:local.txt'));
    repo.write('local.txt', 'edited\n');
    repo.git('stash');
    const end = await one(repo);
    expect(end).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('T-1: work\nstart');
    expect(repo.git('rev-parse', 'HEAD')).toBe(local);
  });

  it('refuses work that was begun on local commits, and names them and the push', async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const local = commit(repo, 'local.txt', 'not pushed');
    onTopOf(repo, attempt, local);
    const end = await one(repo);
    expect(end.status).toBe(3);
    const blocked = eventOf(end, 'task.blocked');
    expect(blocked).toMatchObject({
      code: 'foreign_commits',
      reason: `T-1 holds commits that are not its own: ${local.slice(0, 7)} not pushed (from your main, which is ahead of origin/main)`,
    });
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('start');
    expect(typed(blocked['next_command'])).toBe(0);
    expect((await one(repo)).status).toBe(0);
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('T-1: work\nnot pushed\nstart');
  });

  it("refuses somebody's branch below the attempt, and lands without it after the command that it names", async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    onTopOf(repo, attempt, featureOnOrigin(repo));
    const blocked = eventOf(await one(repo), 'task.blocked');
    expect(blocked).toMatchObject({
      code: 'foreign_commits',
      reason: expect.stringMatching(/half of a feature \(from feature, origin\/feature\)/),
    });
    expect(typed(blocked['next_command'])).toBe(0);
    expect((await one(repo)).status).toBe(0);
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('T-1: work\nstart');
  });

  it('refuses a branch that only the workspace has fetched, merged by a person too', async () => {
    const repo = temporaryRepository();
    const { git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    featureOnOrigin(repo);
    repo.git('branch', '-q', '-D', 'feature');
    repo.git('update-ref', '-d', 'refs/remotes/origin/feature');
    git('fetch', '-q', 'origin', 'feature:refs/remotes/origin/feature');
    git('merge', '-q', '--no-edit', 'origin/feature');
    parkHead(repo, { git, workspace: join(repo.workspaces, 'T-1') } as FinishedAttempt, 'T-1');
    const blocked = eventOf(await one(repo), 'task.blocked');
    expect(blocked).toMatchObject({
      code: 'foreign_commits',
      reason: expect.stringContaining('(from origin/feature)'),
    });
    expect(typed(blocked['next_command'])).toBe(0);
    foreignPushOf(repo, 'feature');
    expect((await one(repo)).status).toBe(0);
  });

  it("does not believe a workspace that says that somebody's branch has landed", async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const feature = featureOnOrigin(repo);
    onTopOf(repo, attempt, feature);
    attempt.git('update-ref', 'refs/remotes/origin/main', feature);
    expect(eventOf(await one(repo), 'task.blocked')).toMatchObject({ code: 'foreign_commits' });
  });

  it("refuses the work of another task's attempt, though nothing else is there", async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const other = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    attempt.git('fetch', '-q', other.workspace, 'HEAD');
    attempt.git('reset', '-q', '--hard', other.head);
    parkHead(repo, attempt, 'T-1');
    expect(eventOf(await one(repo), 'task.blocked')).toMatchObject({
      code: 'foreign_commits',
      reason: expect.stringContaining('T-2: work (from refs/ralph/attempts/T-2/1)'),
    });
  });

  it('takes what a person has added in a kept workspace, and the target branch that was merged or rebased onto there', async () => {
    const repo = temporaryRepository({ 'a.txt': 'old\n' });
    const { git, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'mine\n' } });
    foreignPush(repo, 'a.txt', 'theirs\n');
    await one(repo);
    foreignPush(repo, 'b.txt', 'b\n');
    git('fetch', '-q', 'origin');
    expect(() => git('merge', '-q', '--no-edit', 'origin/main')).toThrow(/Command failed/);
    writeFileSync(join(workspace, 'a.txt'), 'both\n');
    git('commit', '-q', '-a', '-m', 'merged by hand');
    const end = await one(repo);
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('both');
  });

  it('the name that a runner of GitLab has given to its commit makes nobody else of it', async () => {
    const repo = temporaryRepository();
    const { head } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('update-ref', 'refs/pipelines/4711', head);
    expect(await one(repo)).toMatchObject({ status: 0, stderr: '' });
  });

  it('an earlier attempt at the same task is its own, and so is a branch that shows its work', async () => {
    const repo = temporaryRepository();
    const { head } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('update-ref', 'refs/ralph/salvage/T-1/1', head);
    repo.git('branch', 'ralph/T-1', head);
    expect((await one(repo)).status).toBe(0);
  });
});

/** The branch lands on its own. */
function foreignPushOf(repo: TestRepository, branch: string): void {
  runGit(repo.origin, ['update-ref', 'refs/heads/main', branch]);
}
