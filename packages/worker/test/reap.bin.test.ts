import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftHalf } from '@ralph/protocol/testing/left-half';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const worker = async (repo: TestRepository, ...args: readonly string[]) =>
  records((await runProgram('ralph-worker', args, { cwd: repo.root })).stdout);

const actions = (rows: readonly Record<string, unknown>[]) => rows.map((row) => [row['task_id'], row['action']]);

/** A workspace as it stands when its worker and its agent were killed. */
async function abandoned(repo: TestRepository, id: string): Promise<string> {
  const path = join(repo.workspaces, id);
  await worker(repo, 'prepare', id);
  const marker = join(path, '.git/ralph/workspace.json');
  const text = readFileSync(marker, 'utf8');
  writeFileSync(marker, text.replace('"prepared"', '"running"'));
  return path;
}

describe('ralph-worker reap', () => {
  it('removes what agents that are gone have left; sweeps halves, bases and claims that stand for nothing', async () => {
    const repo = temporaryRepository();
    const blocked = await abandoned(repo, 'RQ-0001');
    await abandoned(repo, 'RQ-0002');
    mkdirSync(join(blocked, '.ralph/cache/parallel'), { recursive: true });
    writeFileSync(join(blocked, '.ralph/cache/parallel/blocked_push.json'), '{}');
    mkdirSync(join(repo.workspaces, '.ralph-draft.RQ-0003.0123abcd/workspace'), { recursive: true });
    repo.git('update-ref', 'refs/ralph/base/RQ-0004', 'HEAD');
    repo.write('.ralph/cache/parallel/claims/RQ-0005.lock', '');
    expect(actions(await worker(repo, 'reap'))).toEqual([
      ['RQ-0001', 'kept'],
      ['RQ-0002', 'removed'],
      ['RQ-0003', 'swept'],
      ['RQ-0004', 'swept'],
    ]);
    expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph/base')).toBe('refs/ralph/base/RQ-0001');
    expect(existsSync(join(repo.root, '.ralph/cache/parallel/claims/RQ-0005.lock'))).toBe(false);
  });

  it('sweeps the settings of workspaces that are gone, and halves of such, which may hold a password', async () => {
    const repo = temporaryRepository();
    await worker(repo, 'prepare', 'RQ-0001');
    for (const id of ['RQ-0001', 'RQ-0002']) repo.write(leftHalf(`.ralph/cache/parallel/workspaces/${id}.config`), '');
    repo.write('.ralph/cache/parallel/workspaces/RQ-0003.config', '');
    const rows = await worker(repo, 'reap');
    expect(actions(rows)).toEqual([
      ['RQ-0001', 'kept'],
      ['RQ-0003', 'swept'],
    ]);
    expect(readdirSync(join(repo.root, '.ralph/cache/parallel/workspaces'))).toEqual(['RQ-0001.config']);
  });

  it.each(['prepare', 'remove'])('%s takes along the half of settings that a killed process has left', async (word) => {
    const repo = temporaryRepository();
    const folder = join(repo.root, '.ralph/cache/parallel/workspaces');
    if (word === 'remove') await worker(repo, 'prepare', 'RQ-0001');
    repo.write(leftHalf('.ralph/cache/parallel/workspaces/RQ-0001.config'), '');
    await worker(repo, word, 'RQ-0001');
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('keeps what was prepared by hand and what waits for integration, unless told to take all', async () => {
    const repo = temporaryRepository();
    await worker(repo, 'prepare', 'RQ-0001');
    await runWorker(repo, taskLines('RQ-0002'), 'echo x > x');
    const kept = [
      { task_id: 'RQ-0001', action: 'kept', reason: expect.stringContaining('prepared') },
      { task_id: 'RQ-0002', action: 'kept', reason: expect.stringContaining('waits for integration') },
    ];
    expect(await worker(repo, 'reap')).toMatchObject(kept);
    expect(existsSync(join(repo.workspaces, 'RQ-0002/x'))).toBe(true);
    expect(actions(await worker(repo, 'reap', '--all'))).toEqual([
      ['RQ-0001', 'removed'],
      ['RQ-0002', 'removed'],
    ]);
  });

  it('leaves folders of others, and halves of another repository, alone', async () => {
    const [repo, other] = [temporaryRepository(), temporaryRepository()];
    const root = join(repo.folder, 'shared');
    const precious = join(root, '.backup.0123abcd');
    const foreign = join(root, '.ralph-draft.RQ-0001.0123abcd');
    const note = JSON.stringify({ task_id: 'RQ-0001', repo_root: other.root });
    for (const folder of [precious, foreign]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(precious, 'file'), 'x');
    writeFileSync(join(foreign, 'draft.json'), note);
    expect(await worker(repo, 'reap', '--workspace-root', root)).toEqual([]);
    expect([precious, foreign].map((folder) => existsSync(folder))).toEqual([true, true]);
    expect(actions(await worker(other, 'reap', '--workspace-root', root))).toEqual([['RQ-0001', 'swept']]);
  });

  it('goes on after one that it cannot deal with', async () => {
    const repo = temporaryRepository();
    await abandoned(repo, 'RQ-0001');
    await abandoned(repo, 'RQ-0002');
    mkdirSync(join(repo.root, '.ralph/cache/parallel/claims/RQ-0001.lock'), { recursive: true });
    const rows = await worker(repo, 'reap');
    expect(rows[0]).toMatchObject({ task_id: 'RQ-0001', action: 'kept' });
    expect(rows[1]).toMatchObject({ task_id: 'RQ-0002', action: 'removed' });
  });
});
