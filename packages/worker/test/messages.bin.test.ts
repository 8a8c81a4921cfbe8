import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const worker = async (repo: TestRepository, ...args: readonly string[]) => {
  const { status, stdout, stderr } = await runProgram('ralph-worker', args, { cwd: repo.root });
  return { status, stdout, stderr, error: status === 0 ? {} : errorRecord(stderr) };
};

describe('what is said next', () => {
  it.each(["s'u b", 'a[1]*', '#x', 'end '])('is a command that can be pasted for a root called %j', async (name) => {
    const repo = temporaryRepository();
    const refused = await worker(repo, 'preflight', '--workspace-root', name);
    expect(refused.error).toMatchObject({ code: 'workspace_root', hint: expect.any(String) });
    execFileSync('sh', ['-c', String(refused.error['hint'])], { cwd: repo.folder });
    expect((await worker(repo, 'preflight', '--workspace-root', name)).status).toBe(0);
  });

  it.each([
    ['that is here', 'main', 'git push -u origin other'],
    ['that is nowhere', undefined, 'git push origin HEAD:refs/heads/other'],
  ])('is the push that makes the branch on origin, for one %s', async (_, from, hint) => {
    const repo = temporaryRepository();
    repo.git(...(from === undefined ? ['status', '-s'] : ['branch', 'other', from]));
    for (const command of ['preflight', 'prepare RQ-0001']) {
      const { status, error } = await worker(repo, ...command.split(' '), '--target-branch', 'other');
      expect([status, error]).toMatchObject([78, { code: 'target_branch_missing', hint }]);
    }
    repo.git(...hint.split(' ').slice(1));
    expect((await worker(repo, 'preflight', '--target-branch', 'other')).status).toBe(0);
  });

  it('tells at preflight that origin cannot be reached', async () => {
    const repo = temporaryRepository();
    repo.git('remote', 'set-url', 'origin', join(repo.folder, 'gone'));
    const { status, error } = await worker(repo, 'preflight');
    expect([status, error]).toMatchObject([69, { code: 'origin_unreachable', hint: 'git ls-remote origin' }]);
    expect(error['message']).not.toMatch(/ \/ (?:\/|$)/);
  });

  it('is the rule for an id, not a check that knows nothing of it', async () => {
    const { events } = await runWorker(temporaryRepository(), taskLines('con'), 'true');
    expect(events('task.failed')).toMatchObject([{ next_command: expect.stringMatching(/^# use letters.*"con"/) }]);
  });
});

describe('what cannot be read', () => {
  it('is not taken for an agent that does not run', async () => {
    const repo = temporaryRepository();
    mkdirSync(join(repo.root, '.ralph/cache/parallel/agents/RQ-0001.json'), { recursive: true });
    const { status, stdout, error } = await worker(repo, 'stop', 'RQ-0001');
    expect([status, stdout, error['code']]).toEqual([74, '', 'io']);
  });

  it('is not taken for a log that is not there', async () => {
    const repo = temporaryRepository();
    mkdirSync(join(repo.root, '.ralph/logs'), { recursive: true });
    writeFileSync(join(repo.root, '.ralph/logs/parallel'), '');
    expect((await worker(repo, 'logs', 'RQ-0001')).status).toBe(74);
  });
});

it.each([
  'list --salvaged --warm',
  'prepare RQ-0001 --setup-timeout 5',
  'prepare RQ-0001 --setup-key a',
  'prepare RQ-0001 --setup true --setup-share copy',
])('refuses options that would do nothing: %s', async (words) => {
  const { status, error } = await worker(temporaryRepository(), ...words.split(' '));
  expect([status, error['code']]).toEqual([64, 'usage']);
});
