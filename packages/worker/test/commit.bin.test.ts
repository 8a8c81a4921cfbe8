import { closeSync, openSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { claimPath } from '@ralph/protocol/process/claimed-tasks';
import { takeClaim } from '@ralph/protocol/process/task-claim';
import { builtProgram, errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const ID = 'RQ-0001';

const commit = (repo: TestRepository, ...args: readonly string[]) =>
  runProgram('ralph-worker', ['commit', ID, ...args], { cwd: repo.root });

/** A workspace whose agent has ended well, and the commit that it left. */
async function finished(): Promise<{ repo: TestRepository; path: string; git: (...args: string[]) => string }> {
  const repo = temporaryRepository();
  await runWorker(repo, taskLines(ID), 'echo a >a.txt');
  const path = join(repo.workspaces, ID);
  return { repo, path, git: (...args) => runGit(path, args) };
}

/** Runs the command as a caller does that has the claim, and hands it on. */
function commitUnder(repo: TestRepository, fd: number): Promise<number | null> {
  const args = [builtProgram('ralph-worker'), 'commit', ID, '--claim-fd', '3'];
  const child = spawn(process.execPath, args, {
    cwd: repo.root,
    env: testEnvironment(),
    stdio: ['ignore', 'ignore', 'ignore', fd],
  });
  return new Promise((resolve) => child.on('close', resolve));
}

describe('ralph-worker commit', () => {
  it('commits the edits, names the task in each commit, and leaves out what no commit may add', async () => {
    const { repo, path, git } = await finished();
    const base = git('rev-parse', 'HEAD');
    writeFileSync(join(path, 'own.txt'), 'own\n');
    git('add', 'own.txt');
    git('-c', 'user.name=P', '-c', 'user.email=p@p', 'commit', '-q', '-m', 'by hand');
    for (const name of ['.env', 'ö new.txt', 'left.txt', 'a.txt']) writeFileSync(join(path, name), 'new\n');
    const leave = join(repo.folder, 'leave');
    writeFileSync(leave, 'left.txt\na.txt\n');
    const end = await commit(repo, '--attempt', '1', '--base', base, '--title', 'Mend it', '--leave-from', leave);
    expect(end.status).toBe(0);
    expect(records(end.stdout)).toMatchObject([
      { task_id: ID, workspace_path: path, commits: 2, changed_files: 3, head_commit: git('rev-parse', 'HEAD') },
    ]);
    expect(git('log', '--format=%s|%(trailers:key=Ralph-Task,valueonly,separator=)', `${base}..`)).toBe(
      `${ID}: Mend it|\nby hand|${ID}`,
    );
    expect(git('diff', '--name-only', '-z', base, 'HEAD')).toBe('a.txt\0own.txt\0ö new.txt\0');
    expect(git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  });

  it('leaves unfinished work and committed secrets as they are, and says what they are', async () => {
    const { repo, path, git } = await finished();
    writeFileSync(join(path, '.env'), 'A=b\n');
    git('add', '-f', '.env');
    git('-c', 'user.name=P', '-c', 'user.email=p@p', 'commit', '-q', '-m', 'secret');
    const head = git('rev-parse', 'HEAD');
    const secret = await commit(repo);
    expect(secret.status).toBe(1);
    expect(errorRecord(secret.stderr)).toMatchObject({
      code: 'secrets_committed',
      message: expect.stringMatching('.env'),
    });
    writeFileSync(join(path, '.git/MERGE_HEAD'), `${head}\n`);
    const unfinished = await commit(repo);
    expect(unfinished.status).toBe(3);
    expect(errorRecord(unfinished.stderr)).toMatchObject({ code: 'workspace_dirty' });
    expect(git('rev-parse', 'HEAD')).toBe(head);
  });

  it('touches no workspace of another attempt, nor a folder that is none', async () => {
    const { repo } = await finished();
    const stale = await commit(repo, '--attempt', '2');
    expect(errorRecord(stale.stderr)).toMatchObject({ code: 'fenced' });
    const foreign = await commit(repo, '--workspace', repo.root);
    expect(errorRecord(foreign.stderr)).toMatchObject({ code: 'workspace_missing' });
  });

  it('works under the claim that its caller hands on, and under no other descriptor', async () => {
    const { repo, path } = await finished();
    writeFileSync(join(path, 'b.txt'), 'b\n');
    const claim = await takeClaim(repo.root, ID, { waitMs: 0 });
    onTestFinished(() => claim.release());
    expect((await commit(repo)).status).toBe(75);
    const other = openSync(claimPath(repo.root, ID), 'r');
    expect(await commitUnder(repo, other)).toBe(75);
    closeSync(other);
    expect(await commitUnder(repo, claim.fd)).toBe(0);
    expect(runGit(path, ['show', 'HEAD:b.txt'])).toBe('b');
  });

  it('agent.finished tells what was run, unless a part of it is a secret', async () => {
    const { repo, path } = await finished();
    expect(path).toContain(ID);
    const told = await runWorker(repo, taskLines('RQ-0002'), 'echo b >b.txt');
    expect(told.events('agent.finished')).toMatchObject([{ command: [join(repo.folder, 'bin/agent')] }]);
    repo.write('.env', `TOKEN=${repo.folder}/bin/agent\n`);
    const untold = await runWorker(repo, taskLines('RQ-0003'), 'echo c >c.txt');
    expect(untold.events('agent.finished')[0]).not.toHaveProperty('command');
  });
});
