import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const worker = (repo: TestRepository, ...args: readonly string[]) =>
  runProgram('ralph-worker', args, { cwd: repo.root });

/** Only root can make files that nobody can delete, and not on every file system. */
const canPin = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-test-'));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  try {
    for (const flag of ['+i', '-i']) execFileSync('chattr', [flag, file], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

const unpin = (folder: string) => execFileSync('chattr', ['-R', '-i', folder], { stdio: 'ignore' });

describe('the removal of a workspace for an attempt', () => {
  it('does nothing when the workspace is that of a later attempt', async () => {
    const repo = temporaryRepository();
    await worker(repo, 'prepare', 'RQ-0001');
    await worker(repo, 'prepare', 'RQ-0001');
    const path = join(repo.workspaces, 'RQ-0001');
    const stale = await worker(repo, 'remove', 'RQ-0001', '--attempt', '1');
    expect(stale.status).toBe(3);
    expect(errorRecord(stale.stderr)).toMatchObject({ code: 'fenced', attempt: 1 });
    const order = '{"type":"workspace.remove","task_id":"RQ-0001","attempt":1}\n';
    const run = await runWorker(repo, order, 'true');
    expect(run).toMatchObject({ status: 0, lines: [], stderr: expect.stringContaining('that of attempt 2, not of 1') });
    expect(existsSync(path)).toBe(true);
    expect((await worker(repo, 'remove', 'RQ-0001', '--attempt', '2')).status).toBe(0);
    expect(existsSync(path)).toBe(false);
  });
});

describe('the removal of a workspace whose commits have landed', () => {
  const salvageRefs = (repo: TestRepository) => repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph/salvage');

  it('keeps nothing a second time of what is kept as landed, also while nobody has fetched the target since', async () => {
    const repo = temporaryRepository();
    await worker(repo, 'prepare', 'RQ-0001');
    const path = join(repo.workspaces, 'RQ-0001');
    repo.git('-C', path, 'commit', '-q', '--allow-empty', '-m', 'work');
    repo.git('fetch', '-q', path, 'HEAD:refs/ralph/landed/RQ-0001/1');
    expect((await worker(repo, 'remove', 'RQ-0001')).status).toBe(0);
    expect(salvageRefs(repo)).toBe('');
    expect(existsSync(path)).toBe(false);
  });

  it('keeps what was committed on top of that', async () => {
    const repo = temporaryRepository();
    await worker(repo, 'prepare', 'RQ-0001');
    const path = join(repo.workspaces, 'RQ-0001');
    repo.git('-C', path, 'commit', '-q', '--allow-empty', '-m', 'work');
    repo.git('fetch', '-q', path, 'HEAD:refs/ralph/landed/RQ-0001/1');
    repo.git('-C', path, 'commit', '-q', '--allow-empty', '-m', 'more');
    expect((await worker(repo, 'remove', 'RQ-0001')).status).toBe(0);
    expect(salvageRefs(repo)).toBe('refs/ralph/salvage/RQ-0001/1');
  });
});

// Without the rights to pin a file there is none that we could not delete.
describe.runIf(canPin)('a workspace with a file that cannot be deleted', () => {
  const PIN = 'echo kept > kept; echo x > pinned; chattr +i pinned';

  it('still has its work told, and the failure says what is left where', async () => {
    const repo = temporaryRepository();
    onTestFinished(() => void unpin(repo.workspaces));
    const run = await runWorker(repo, taskLines('RQ-0001'), `${PIN}; exit 1`);
    const ref = 'refs/ralph/salvage/RQ-0001/1';
    const [left] = readdirSync(repo.workspaces);
    expect(run.events('work.salvaged')).toMatchObject([{ ref }]);
    expect(run.events('task.failed')).toMatchObject([
      { salvage_ref: ref, reason: expect.stringContaining(`delete all of ${join(repo.workspaces, left ?? '?')}`) },
    ]);
    expect(repo.git('show', `${ref}:kept`)).toBe('kept');
    expect(run.events('workspace.removed')).toHaveLength(1);
    unpin(repo.workspaces);
    expect(records((await worker(repo, 'reap')).stdout)).toMatchObject([{ task_id: 'RQ-0001', action: 'swept' }]);
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });

  it('is told by remove with status 74 and the salvage ref', async () => {
    const repo = temporaryRepository();
    onTestFinished(() => void unpin(repo.workspaces));
    await worker(repo, 'prepare', 'RQ-0001');
    execFileSync('sh', ['-c', PIN], { cwd: join(repo.workspaces, 'RQ-0001') });
    const { status, stdout } = await worker(repo, 'remove', 'RQ-0001');
    expect(status).toBe(74);
    expect(records(stdout)).toMatchObject([
      { removed: true, salvaged: [{ ref: 'refs/ralph/salvage/RQ-0001/1' }], left_in: expect.any(String) },
    ]);
  });
});
