import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import {
  queueTask,
  runGit,
  temporaryRepository,
  type TestRepository,
} from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, foreignPush, types } from './finished-attempt.ts';

const BRANCH = 'ralph/T-1';
const ONE = ['one', 'T-1', '--backoff', '1'] as const;

function one(repo: TestRepository, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runProgram('ralph-integrate', [...ONE, ...args], { cwd: repo.root, env });
}

async function lifecycle(repo: TestRepository, stdout: string): Promise<Record<string, unknown> | undefined> {
  await runProgram('ralph-state', ['apply'], { cwd: repo.root, stdin: stdout });
  return records((await runProgram('ralph-state', ['list'], { cwd: repo.root })).stdout)[0];
}

function countOf(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

/** Makes what a forge makes of a branch that is merged by squash: one commit of its own. */
function squashMerge(repo: TestRepository, branch: string): string {
  const clone = join(repo.folder, `forge-${Math.random().toString(16).slice(2)}`);
  runGit(repo.folder, ['clone', '-q', repo.origin, clone]);
  const git = (...args: readonly string[]) =>
    runGit(clone, ['-c', 'user.name=Forge', '-c', 'user.email=forge@example.invalid', ...args]);
  git('merge', '-q', '--squash', `origin/${branch}`);
  git('commit', '-q', '-m', 'squashed (#7)');
  git('push', '-q', 'origin', 'HEAD:main');
  return git('rev-parse', 'HEAD');
}

describe('ralph-integrate --publish branch', () => {
  it('publishes what is green on top of the target, which stays as it is, and tells so', async () => {
    const repo = temporaryRepository();
    const { line, workspace, head, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const target = foreignPush(repo, 'b.txt', 'b\n');
    const run = ['run', '--publish', 'branch', '--ci', 'test -e a.txt && test -e b.txt', '--backoff', '1'];
    const end = await runProgram('ralph-integrate', run, { cwd: repo.root, stdin: `${line}\n` });
    expect(end.status).toBe(0);
    expect(types(end)).toEqual([
      'agent.finished',
      'integrate.started',
      'rebase.done',
      'ci.started',
      'ci.passed',
      'task.published',
    ]);
    const published = eventOf(end, 'task.published');
    expect(published).toMatchObject({ branch: BRANCH, base_commit: target, ci_runs: 1, title: 'Task T-1' });
    expect(repo.gitOrigin('rev-parse', BRANCH)).toBe(published['commit']);
    expect(repo.gitOrigin('rev-parse', `${BRANCH}~1`)).toBe(target);
    expect(repo.gitOrigin('rev-parse', 'main')).toBe(target);
    expect(repo.git('rev-parse', 'refs/ralph/published/T-1/1')).toBe(published['commit']);
    expect(git('rev-parse', 'HEAD')).toBe(head);
    expect(existsSync(workspace)).toBe(true);
    const summary = readFileSync(String(published['summary_path']), 'utf8');
    expect(summary).toMatch(
      /^# Task T-1\n[\s\S]*## Commits\n\n- \w+ T-1: work\n[\s\S]*a\.txt \| 1 \+[\s\S]*test -e a\.txt/,
    );
    expect(await lifecycle(repo, end.stdout)).toMatchObject({
      lifecycle: 'blocked_push',
      error_code: 'published',
      last_error: `awaits review as branch ${BRANCH}`,
    });
  });

  it('run again pushes nothing and gates nothing, also when the target has moved on', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const first = await one(repo, ['--publish', 'branch', '--ci', 'true']);
    foreignPush(repo, 'b.txt', 'b\n');
    const pushes = scriptedCommand(repo.folder, 'pre-receive', `echo >>${join(repo.folder, 'pushes')}`);
    repo.gitOrigin('config', 'core.hooksPath', join(pushes, '..'));
    const again = await one(repo, ['--publish', 'branch', '--ci', 'true']);
    expect(again.status).toBe(0);
    expect(types(again)).toEqual(['integrate.started', 'task.published']);
    expect(eventOf(again, 'task.published')['commit']).toBe(eventOf(first, 'task.published')['commit']);
    expect(countOf(join(repo.folder, 'pushes'))).toBe(0);
  });

  it('is made anew when it no longer fits the target, and blocked where it conflicts', async () => {
    const repo = temporaryRepository({ 'a.txt': 'old\n' });
    const { git, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'mine\n' } });
    await one(repo, ['--publish', 'branch']);
    foreignPush(repo, 'a.txt', 'theirs\n');
    const blocked = await one(repo, ['--publish', 'branch']);
    expect(blocked.status).toBe(3);
    expect(eventOf(blocked, 'rebase.conflicted')).toMatchObject({ files: ['a.txt'] });
    expect(eventOf(blocked, 'task.blocked')).toMatchObject({
      code: 'conflict',
      land_command: expect.stringContaining('--publish branch'),
    });
    expect(() => git('rebase', 'origin/main')).toThrow(/conflict/i);
    writeFileSync(join(workspace, 'a.txt'), 'both\n');
    git('add', 'a.txt');
    git('-c', 'core.editor=true', 'rebase', '--continue');
    const end = await one(repo, ['--publish', 'branch']);
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('show', `${BRANCH}:a.txt`)).toBe('both');
  });

  it('a later attempt replaces what an earlier one has published', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'first\n' } });
    await one(repo, ['--publish', 'branch']);
    rmSync(join(repo.workspaces, 'T-1'), { recursive: true });
    finishedAttempt(repo, 'T-1', { attempt: 2, files: { 'a.txt': 'second\n' } });
    const end = await one(repo, ['--publish', 'branch']);
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('show', `${BRANCH}:a.txt`)).toBe('second');
  });

  it('what a review asked for is added in the workspace and replaces the branch', async () => {
    const repo = temporaryRepository();
    const { workspace, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    await one(repo, ['--publish', 'branch']);
    writeFileSync(join(workspace, 'a.txt'), 'as the review wants it\n');
    git('commit', '-q', '-a', '-m', 'review');
    expect((await one(repo, ['--publish', 'branch'])).status).toBe(0);
    expect(repo.gitOrigin('log', '--format=%s', `main..${BRANCH}`)).toBe('review\nT-1: work');
  });

  it('keeps the books on the branch when git tracks the queue', async () => {
    const repo = temporaryRepository({
      '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks: [queueTask('T-1')] }),
    });
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    await one(repo, ['--publish', 'branch']);
    expect(repo.gitOrigin('show', `${BRANCH}:.ralph/done.jsonc`)).toContain('T-1');
    expect(repo.gitOrigin('show', `main:.ralph/queue.jsonc`)).toContain('T-1');
    squashMerge(repo, BRANCH);
    const merged = await one(repo, ['--publish', 'branch', '--keep-workspaces']);
    expect(types(merged)).toEqual(['integrate.started', 'task.completed']);
    expect(repo.read('.ralph/done.jsonc')).toContain('T-1');
  });
});

describe('work whose branch was merged', () => {
  it('is found by its commit, and completes the record', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const published = await one(repo, ['--publish', 'branch']);
    await lifecycle(repo, published.stdout);
    repo.gitOrigin('update-ref', 'refs/heads/main', BRANCH);
    repo.gitOrigin('update-ref', '-d', `refs/heads/${BRANCH}`);
    const end = await one(repo, ['--publish', 'branch', '--keep-workspaces']);
    expect(eventOf(end, 'task.completed')).toMatchObject({ commit: eventOf(published, 'task.published')['commit'] });
    expect(await lifecycle(repo, end.stdout)).toMatchObject({ lifecycle: 'completed' });
  });

  it('is found after a squash of several commits, whatever came on top, and without its workspace', async () => {
    const repo = temporaryRepository();
    const { git, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'draft\n' } });
    writeFileSync(join(workspace, 'a.txt'), 'final\n');
    git('commit', '-q', '-a', '-m', 'T-1: final');
    repo.git('fetch', '-q', workspace, '+HEAD:refs/ralph/attempts/T-1/1');
    const published = await one(repo, ['--publish', 'branch']);
    await lifecycle(repo, published.stdout);
    squashMerge(repo, BRANCH);
    const target = foreignPush(repo, 'b.txt', 'b\n');
    rmSync(workspace, { recursive: true });
    const end = await one(repo, ['--workspace', workspace]);
    expect(end.status).toBe(0);
    expect(eventOf(end, 'task.completed')).toMatchObject({ commit: target, push_attempts: 0 });
    expect(await lifecycle(repo, end.stdout)).toMatchObject({ lifecycle: 'completed' });
  });

  it('is landed without a review when it is asked for', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    await one(repo, ['--publish', 'branch']);
    const end = await one(repo, ['--keep-workspaces']);
    expect(eventOf(end, 'task.completed')).toMatchObject({ push_attempts: 1 });
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
  });
});

/** A `gh` on PATH that writes down how it was called, and refuses a second pull request of a branch. */
function fakeGh(repo: TestRepository, body = ''): Record<string, string> {
  const calls = join(repo.folder, 'calls');
  const script = `${body}
    echo "$*" >>${calls}; cat >${calls}.stdin; env | grep ^RALPH_ | sort >${calls}.env
    echo https://forge.example/pull/7`;
  const gh = scriptedCommand(repo.folder, 'gh', script);
  return { PATH: `${join(gh, '..')}:${process.env['PATH'] ?? ''}` };
}

const PR = ['--publish', 'pr', '--pr-command', 'gh pr create --head "$RALPH_BRANCH" --title "$RALPH_TITLE"'] as const;

describe('ralph-integrate --publish pr', () => {
  it('opens the pull request once, with all that it has to know', async () => {
    const repo = temporaryRepository();
    const env = fakeGh(repo);
    const { workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await one(repo, PR, env);
    expect(end.status).toBe(0);
    const published = eventOf(end, 'task.published');
    expect(published).toMatchObject({ branch: BRANCH, answer: 'https://forge.example/pull/7' });
    const calls = join(repo.folder, 'calls');
    expect(readFileSync(calls, 'utf8')).toBe(`pr create --head ${BRANCH} --title T-1: work\n`);
    const summary = String(published['summary_path']);
    expect(readFileSync(`${calls}.stdin`, 'utf8')).toBe(readFileSync(summary, 'utf8'));
    for (const line of [
      'RALPH_TASK_ID=T-1',
      'RALPH_TITLE=T-1: work',
      `RALPH_BRANCH=${BRANCH}`,
      'RALPH_TARGET_BRANCH=main',
      `RALPH_COMMIT=${String(published['commit'])}`,
      `RALPH_SUMMARY=${summary}`,
      `RALPH_WORKSPACE=${workspace}`,
      'RALPH_PREVIOUS_COMMIT=',
    ])
      expect(readFileSync(`${calls}.env`, 'utf8').split('\n')).toContain(line);
    const again = await one(repo, PR, env);
    expect(types(again)).toEqual(['integrate.started', 'task.published']);
    expect(eventOf(again, 'task.published')).toMatchObject({ answer: 'https://forge.example/pull/7' });
    expect(countOf(calls)).toBe(1);
  });

  it('a command that fails blocks with the branch kept, and is run again by the next command, without a push', async () => {
    const repo = temporaryRepository();
    const env = fakeGh(repo, 'test -e allowed || { echo "no rights to open it" >&2; exit 4; }');
    const { workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await one(repo, PR, env);
    expect(end.status).toBe(1);
    expect(errorRecord(end.stderr)).toMatchObject({
      code: 'publish_failed',
      message: `${BRANCH} is pushed, but the command of the pull request ended with status 4: no rights to open it`,
    });
    const commit = repo.gitOrigin('rev-parse', BRANCH);
    const { land_command: land } = eventOf(end, 'task.blocked');
    expect(land).toContain(`--publish pr --pr-command 'gh pr create`);
    expect(eventOf(end, 'task.blocked')['next_command']).toContain(String(land));
    writeFileSync(join(workspace, 'allowed'), '');
    const again = await one(repo, PR, env);
    expect(types(again)).toEqual(['integrate.started', 'task.published']);
    expect(repo.gitOrigin('rev-parse', BRANCH)).toBe(commit);
  });

  it('ends a command at its time limit, with all that it has started', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await one(repo, ['--publish', 'pr', '--pr-command', 'sleep 1000 & wait', '--pr-timeout', '1']);
    expect(end.status).toBe(1);
    expect(errorRecord(end.stderr)['message']).toContain('was ended at its time limit of 1 s');
  });

  it('tells a command about the pull request that it has opened for an earlier commit', async () => {
    const repo = temporaryRepository();
    const env = fakeGh(repo);
    const { git, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const first = eventOf(await one(repo, PR, env), 'task.published')['commit'];
    writeFileSync(join(workspace, 'a.txt'), 'more\n');
    git('commit', '-q', '-a', '-m', 'more');
    await one(repo, PR, env);
    expect(readFileSync(join(repo.folder, 'calls.env'), 'utf8')).toContain(`RALPH_PREVIOUS_COMMIT=${String(first)}\n`);
  });

  it.each([
    [['--publish', 'pr'], /--publish pr needs --pr-command CMD/],
    [['--pr-command', 'true'], /--pr-command needs --publish pr/],
  ])('%s is a usage failure', async (args, words) => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const end = await one(repo, args);
    expect(end.status).toBe(64);
    expect(end.stderr).toMatch(words);
  });
});
