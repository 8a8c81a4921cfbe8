import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram, transcriptOf, type Transcript } from '@ralph/protocol/testing/run-built-program';
import type { TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, foreignPush, types } from './finished-attempt.ts';
import {
  KINDS,
  originHook,
  servedRepository,
  stallIn,
  subjects,
  untruths,
  updatesOfMain,
} from './servers/served-repository.ts';

const RUN = ['run', '--keep-workspaces'] as const;

function started(repo: TestRepository, line: string, ...args: readonly string[]) {
  const child = startProgram('ralph-integrate', [...RUN, ...args], { cwd: repo.root });
  child.stdin.end(`${line}\n`);
  return { child, end: transcriptOf(child) };
}

function lands(repo: TestRepository, line: string, ...args: readonly string[]): Promise<Transcript> {
  return runProgram('ralph-integrate', [...RUN, '--backoff', '1', ...args], { cwd: repo.root, stdin: `${line}\n` });
}

describe.each(KINDS)('over %s', (kind) => {
  it('M44: work lands, and another task behind it', async () => {
    const { repo } = await servedRepository(kind);
    const first = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const second = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    foreignPush(repo, 'c.txt', 'c\n');
    const end = await lands(repo, `${first.line}\n${second.line}`);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(subjects(repo)).toEqual(['T-2: work', 'T-1: work', 'rival: c.txt', 'start']);
    expect(untruths(repo, end)).toEqual([]);
  });

  it('a refusal of a hook blocks after one attempt, in the words of the server', async () => {
    const { repo } = await servedRepository(kind);
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const asked = join(repo.folder, 'asked');
    originHook(
      repo,
      'pre-receive',
      `echo >>${asked}; test -e ${asked}.twice && exit 0; echo "not on Fridays" >&2; exit 1`,
    );
    const end = await lands(repo, line);
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({
      code: 'push_denied',
      attempts: 1,
      reason: expect.stringContaining('not on Fridays'),
    });
    expect(types(end).filter((type) => type === 'push.rejected')).toHaveLength(1);
    expect(subjects(repo)).toEqual(['start']);
  });

  it('a server that is killed before it moves the branch: the work lands once it is back', async () => {
    const { repo, server } = await servedRepository(kind);
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const stall = stallIn(repo, 'pre-receive');
    const { end } = started(repo, line, '--backoff', '100');
    await stall.reached(1);
    await server.kill();
    stall.release();
    await server.start();
    const transcript = await end;
    expect(transcript.status).toBe(0);
    expect(untruths(repo, transcript)).toEqual([]);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
    expect(updatesOfMain(repo)).toBe(1);
  });

  it('a server that is killed after it has moved the branch: told as landed once it can be asked, without a second push', async () => {
    const { repo, server } = await servedRepository(kind);
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const stall = stallIn(repo, 'post-receive');
    const { end } = started(repo, line, '--backoff', '100');
    await stall.reached(1);
    await server.kill();
    await server.start();
    const transcript = await end;
    expect(transcript.status).toBe(0);
    expect(eventOf(transcript, 'task.completed')).toMatchObject({
      commit: repo.gitOrigin('rev-parse', 'main'),
      push_attempts: 1,
    });
    expect(updatesOfMain(repo)).toBe(1);
    expect(stall.times()).toBe(1);
  });

  it('a hook that stalls is given up at the limit; what arrives after that is told with the next try', async () => {
    const { repo } = await servedRepository(kind);
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const stall = stallIn(repo, 'pre-receive');
    const blocked = await lands(repo, line, '--push-timeout', '5', '--max-attempts', '1');
    expect(blocked.status).toBe(3);
    expect(eventOf(blocked, 'push.rejected')).toMatchObject({ verdict: 'unknown' });
    expect(eventOf(blocked, 'task.blocked')).toMatchObject({
      code: 'origin_unreachable',
      land_command: expect.stringContaining('--push-timeout 5'),
    });
    expect(subjects(repo)).toEqual(['start']);
    stall.release();
    const again = await lands(repo, line);
    expect(again.status).toBe(0);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
    expect(updatesOfMain(repo)).toBe(1);
    expect(untruths(repo, again)).toEqual([]);
  });

  it('a lock that was left on the server: blocked after the tries; gone, the work lands', async () => {
    const { repo } = await servedRepository(kind);
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const lock = join(repo.origin, 'refs/heads/main.lock');
    writeFileSync(lock, '');
    const blocked = await lands(repo, line, '--max-attempts', '3');
    expect(blocked.stderr.match(/next try in/g)).toHaveLength(2);
    expect(eventOf(blocked, 'task.blocked')).toMatchObject({ code: 'push_race', attempts: 3 });
    expect(existsSync(lock)).toBe(true);
    rmSync(lock);
    expect((await lands(repo, line)).status).toBe(0);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
  });
});

describe('a server that is ended while it is asked where the branch is', () => {
  it('is asked again, and the work lands', async () => {
    const { repo } = await servedRepository('file');
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const [times, program] = [join(repo.folder, 'asked'), join(repo.folder, 'upload-pack')];
    const answer = 'GIT_PROTOCOL=version=2 git-upload-pack --http-backend-info-refs "$1"';
    const dies = `exec 0<&-; ${answer} </dev/null; kill -9 $$`;
    const script = `#!/bin/sh\necho >>${times}; test $(wc -l <${times}) -gt 2 && exec git-upload-pack "$@"\n${dies}\n`;
    writeFileSync(program, script, { mode: 0o755 });
    repo.git('config', 'remote.origin.uploadpack', program);
    const end = await lands(repo, line);
    expect(end.status).toBe(0);
    expect(readFileSync(times, 'utf8').length).toBeGreaterThan(2);
    expect(untruths(repo, end)).toEqual([]);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
  });
});

describe('when told to stop in the middle of a push that stalls', () => {
  it('ends, says nothing of it, and the next run lands the work once', async () => {
    const { repo } = await servedRepository('daemon');
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const stall = stallIn(repo, 'pre-receive');
    const { child, end } = started(repo, line);
    await stall.reached(1);
    child.kill('SIGTERM');
    const stopped = await end;
    expect(stopped.status).toBe(143);
    expect(types(stopped)).not.toContain('task.completed');
    expect(types(stopped)).not.toContain('task.blocked');
    stall.release();
    const again = await lands(repo, line);
    expect(again.status).toBe(0);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
    expect(updatesOfMain(repo)).toBe(1);
  });
});
