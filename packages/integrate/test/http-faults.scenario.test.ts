import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram, type Transcript } from '@ralph/protocol/testing/run-built-program';
import type { TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, types } from './finished-attempt.ts';
import type { Fault, Stage } from './servers/http-faults.ts';
import { PASSWORD } from './servers/http-server.ts';
import { httpRepository, subjects, untruths, updatesOfMain } from './servers/served-repository.ts';

function lands(repo: TestRepository, line: string, ...args: readonly string[]): Promise<Transcript> {
  const all = ['run', '--keep-workspaces', '--backoff', '1', ...args];
  return runProgram('ralph-integrate', all, { cwd: repo.root, stdin: `${line}\n` });
}

const PERMANENT: readonly (readonly [Stage, number, string])[] = [
  ['fetch', 403, 'push_auth'],
  ['fetch', 404, 'push_auth'],
  ['advertise', 401, 'push_auth'],
  ['advertise', 403, 'push_auth'],
  ['advertise', 404, 'push_auth'],
  ['push', 403, 'push_auth'],
  ['push', 413, 'push_denied'],
];

describe('what trying again cannot help is tried once', () => {
  it.each(PERMANENT)('%s answered with %i: %s', async (stage, status, code) => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    server.faults.tell(stage, status);
    const end = await lands(repo, line);
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code });
    expect(end.stderr).not.toContain('next try');
    expect(types(end).filter((type) => type === 'push.rejected').length).toBeLessThanOrEqual(1);
    expect(subjects(repo)).toEqual(['start']);
    server.faults.clear();
    expect((await lands(repo, line)).status).toBe(0);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
  });

  it('a wrong password: nobody is asked for another, and it is shown to nobody', async () => {
    const { repo, server } = await httpRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('config', 'remote.origin.pushurl', server.url('wr0ng-pass'));
    const end = await lands(repo, line);
    expect(end.status).toBe(3);
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'push_auth', attempts: 1 });
    expect(types(end).filter((type) => type === 'push.rejected')).toHaveLength(1);
    const marker = readFileSync(join(workspace, '.ralph/cache/parallel/blocked_push.json'), 'utf8');
    const told = `${JSON.stringify(end)}${marker}`;
    expect(told).not.toContain('wr0ng-pass');
    expect(told).not.toContain(PASSWORD);
    expect(server.faults.seen.push).toBe(0);
  });
});

const PASSING: readonly (readonly [Stage, Fault])[] = [
  ['fetch', 429],
  ['fetch', 'cut_unseen'],
  ['advertise', 503],
  ['advertise', 'cut_unseen'],
  ['push', 429],
  ['push', 500],
  ['push', 503],
];

describe('a fault that passes', () => {
  it.each(PASSING)('%s: %s, twice: the work lands after the pauses', async (stage, fault) => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    server.faults.tell(stage, fault, 2);
    const end = await lands(repo, line);
    expect(end.status).toBe(0);
    expect(end.stderr.match(/next try in/g)).toHaveLength(2);
    expect(end.stderr).not.toContain(PASSWORD);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
    expect(untruths(repo, end)).toEqual([]);
  });

  it('a connection that is cut in the middle of the push', async () => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    // The http library of git tries once more by itself.
    server.faults.tell('push', 'cut_unseen', 3);
    const end = await lands(repo, line);
    expect(end.status).toBe(0);
    expect(end.stderr).toContain('next try');
    expect(updatesOfMain(repo)).toBe(1);
  });

  it.each([['fetch'], ['advertise'], ['push']] as const)('%s: no answer within the limit', async (stage) => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    server.faults.tell(stage, 'hang', 1);
    const end = await lands(repo, line, '--push-timeout', '5');
    expect(end.status).toBe(0);
    expect(end.stderr.match(/next try in/g)).toHaveLength(1);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
  });
});

describe('a push that the server has taken, and whose answer is lost', () => {
  it('is told as landed once, and does not land again', async () => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    server.faults.tell('push', 'drop_answer');
    const end = await lands(repo, line);
    expect(end.status).toBe(0);
    expect(types(end)).not.toContain('push.rejected');
    expect(eventOf(end, 'task.completed')).toMatchObject({
      push_attempts: 1,
      commit: repo.gitOrigin('rev-parse', 'main'),
    });
    expect(updatesOfMain(repo)).toBe(1);
  });

  it('is no lost race when git has sent it again by itself', async () => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    server.faults.tell('push', 'drop_answer', 1);
    const end = await lands(repo, line);
    expect(end.status).toBe(0);
    expect(server.faults.seen.push).toBe(2);
    expect(types(end)).not.toContain('push.rejected');
    expect(eventOf(end, 'task.completed')).toMatchObject({ push_attempts: 1 });
    expect(updatesOfMain(repo)).toBe(1);
  });

  it('is told as landed when the remote can be asked again only later', async () => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    server.faults.tell('push', 'drop_answer');
    server.faults.whenNext('push', () => server.faults.tell('fetch', 503, 3));
    const end = await lands(repo, line);
    expect(end.status).toBe(0);
    expect(end.stderr.match(/the remote cannot be reached; next try in/g)).toHaveLength(3);
    expect(eventOf(end, 'task.completed')).toMatchObject({ push_attempts: 1 });
    expect(updatesOfMain(repo)).toBe(1);
  });

  it('is told as landed with the next try when the remote cannot be asked any more', async () => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    server.faults.tell('push', 'drop_answer');
    server.faults.whenNext('push', () => server.faults.tell('fetch', 503));
    const blocked = await lands(repo, line, '--max-attempts', '2');
    expect(blocked.status).toBe(3);
    expect(eventOf(blocked, 'task.blocked')).toMatchObject({ code: 'origin_unreachable' });
    server.faults.clear();
    const again = await lands(repo, line);
    expect(again.status).toBe(0);
    expect(eventOf(again, 'task.completed')).toMatchObject({ commit: repo.gitOrigin('rev-parse', 'main') });
    expect(updatesOfMain(repo)).toBe(1);
  });

  it('and that ends only after the connection is gone lands exactly once', async () => {
    const { repo, server } = await httpRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    server.faults.tell('push', 'cut_taken', 1);
    const end = await lands(repo, line);
    expect(end.status).toBe(0);
    expect(subjects(repo)).toEqual(['T-1: work', 'start']);
    expect(updatesOfMain(repo)).toBe(1);
    expect(records(end.stdout).filter(({ type }) => type === 'task.completed')).toHaveLength(1);
  });
});
