import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { eventOf, finishedAttempt, foreignPush, types } from './finished-attempt.ts';

const BRANCH = 'ralph/T-1';
const ONE = ['one', 'T-1', '--backoff', '1'] as const;

function one(repo: TestRepository, args: readonly string[]) {
  return runProgram('ralph-integrate', [...ONE, ...args], { cwd: repo.root });
}

function countOf(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}

describe('a branch that others touch, too', () => {
  it("never overwrites somebody else's commits on the branch", async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    await one(repo, ['--publish', 'branch']);
    const foreign = repo.gitOrigin('rev-parse', 'main');
    repo.gitOrigin('update-ref', `refs/heads/${BRANCH}`, foreign);
    const end = await one(repo, ['--publish', 'branch']);
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'foreign_commits',
      reason: expect.stringContaining(`${BRANCH} of origin is at ${foreign.slice(0, 10)}, which we have not pushed`),
    });
    expect(repo.gitOrigin('rev-parse', BRANCH)).toBe(foreign);
    const next = String(eventOf(end, 'task.blocked')['next_command']);
    expect(spawnSync('sh', ['-c', next], { env: testEnvironment(), encoding: 'utf8' }).status).toBe(0);
    repo.gitOrigin('update-ref', '-d', `refs/heads/${BRANCH}`);
    expect((await one(repo, ['--publish', 'branch'])).status).toBe(0);
  });

  it('is not overwritten when somebody pushes to it right before us', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const start = repo.gitOrigin('rev-parse', 'main');
    const hook = scriptedCommand(
      repo.folder,
      'pre-push',
      `git -C ${repo.origin} update-ref refs/heads/${BRANCH} ${start}`,
    );
    repo.git('config', 'core.hooksPath', dirname(hook));
    const end = await one(repo, ['--publish', 'branch']);
    expect(end.status).toBe(3);
    expect(types(end)).toContain('push.rejected');
    expect(eventOf(end, 'push.rejected')).toMatchObject({ verdict: 'race' });
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'foreign_commits' });
    expect(repo.gitOrigin('rev-parse', BRANCH)).toBe(start);
  });

  it('is not tried again where the remote takes no such branch, and its words are told', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const hook = scriptedCommand(repo.folder, 'pre-receive', 'echo "branches are named team/*" >&2; exit 1');
    repo.gitOrigin('config', 'core.hooksPath', dirname(hook));
    const end = await one(repo, ['--publish', 'branch']);
    expect(end.status).toBe(77);
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'push_denied',
      attempts: 1,
      reason: expect.stringContaining('branches are named team/*'),
    });
  });
});

describe('publishing that was cut off by kill -9', () => {
  it('after the remote has taken the branch: it is found there, and pushed and gated no more', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    const pid = join(repo.folder, 'pid');
    const pushes = join(repo.folder, 'pushes');
    const hook = scriptedCommand(repo.folder, 'post-receive', `echo >>${pushes}; kill -9 $(cat ${pid})`);
    repo.gitOrigin('config', 'core.hooksPath', dirname(hook));
    const gate = `until test -s ${pid}; do sleep 0.02; done`;
    const child = startProgram('ralph-integrate', [...ONE, '--publish', 'branch', '--ci', gate], { cwd: repo.root });
    const killed = transcriptOf(child);
    writeFileSync(pid, String(child.pid));
    expect((await killed).stdout).not.toContain('task.published');
    const commit = repo.gitOrigin('rev-parse', BRANCH);
    const end = await one(repo, ['--publish', 'branch', '--ci', 'false']);
    expect(end.status).toBe(0);
    expect(types(end)).toEqual(['integrate.started', 'task.published']);
    expect(eventOf(end, 'task.published')).toMatchObject({ commit });
    expect(repo.git('rev-parse', 'refs/ralph/published/T-1/1')).toBe(commit);
    expect(countOf(pushes)).toBe(1);
  });

  it('while the command of the pull request runs: it is run again, without a push', async () => {
    const repo = temporaryRepository();
    finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const begun = join(repo.folder, 'begun');
    const command = `test -e ${begun} && exit 0; touch ${begun}; kill -9 $PPID; sleep 1000`;
    const killed = await one(repo, ['--publish', 'pr', '--pr-command', command]);
    expect(killed.stdout).not.toMatch(/task\.(?:published|blocked)/);
    const commit = repo.gitOrigin('rev-parse', BRANCH);
    const end = await one(repo, ['--publish', 'pr', '--pr-command', command]);
    expect(types(end)).toEqual(['integrate.started', 'task.published']);
    expect(eventOf(end, 'task.published')).toMatchObject({ commit });
  });
});
