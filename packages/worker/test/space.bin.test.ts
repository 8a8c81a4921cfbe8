import { existsSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { worker } from './travel-workspace.ts';
import { runWorker, taskLines } from './worker-run.ts';

const MEBIBYTE = 2 ** 20;

const large = () => temporaryRepository({ 'large.bin': 'x'.repeat(2 * MEBIBYTE) });

describe('room for workspaces', () => {
  it.each(['preflight', 'prepare RQ-0001'])('%s refuses where too little would stay free', async (words) => {
    const repo = large();
    const { status, stderr } = await worker(repo, ...words.split(' '), '--min-free', '900000T');
    expect(status).toBe(74);
    expect(errorRecord(stderr)).toMatchObject({ code: 'disk_full' });
    expect(errorRecord(stderr)['message']).toMatch(
      /has [\d.]+[MGT] free and needs 900000T: 2M for the workspace and 900000T that must stay free/,
    );
    expect(existsSync(join(repo.workspaces, 'RQ-0001'))).toBe(false);
  });

  it('fails the task and starts no agent where too little would stay free', async () => {
    const repo = large();
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo > "$OUT/ran"', '--min-free', '900000T');
    expect(run.status).toBe(1);
    expect(run.events('task.failed')).toMatchObject([{ code: 'disk_full' }]);
    expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
    expect(existsSync(join(repo.workspaces, 'RQ-0001'))).toBe(false);
  });

  it('keeps all workspaces together within the quota, and says what to do', async () => {
    const repo = large();
    expect((await worker(repo, 'prepare', 'RQ-0001', '--quota', '5M', '--min-free', '0')).status).toBe(0);
    for (const words of [['preflight'], ['prepare', 'RQ-0002']]) {
      const { status, stderr } = await worker(repo, ...words, '--quota', '4M');
      expect(status).toBe(5);
      expect(errorRecord(stderr)).toMatchObject({ code: 'workspace_quota', retryable: true });
      expect(errorRecord(stderr)['message']).toMatch(/take 2\.\dM, a new one 2M; the quota is 4M/);
      expect(errorRecord(stderr)['hint']).toContain('ralph-worker reap --all');
    }
    expect((await worker(repo, 'reap', '--all')).status).toBe(0);
    expect((await worker(repo, 'prepare', 'RQ-0002', '--quota', '4M')).status).toBe(0);
  });

  it('counts a file with several names once', async () => {
    const repo = large();
    await worker(repo, 'prepare', 'RQ-0001');
    const path = join(repo.workspaces, 'RQ-0001');
    mkdirSync(join(repo.workspaces, 'other'));
    for (const name of ['RQ-0001/again', 'other/again']) linkSync(join(path, 'large.bin'), join(repo.workspaces, name));
    expect((await worker(repo, 'prepare', 'RQ-0002', '--quota', '5M')).status).toBe(0);
    writeFileSync(join(path, 'more.bin'), 'x'.repeat(MEBIBYTE));
    expect((await worker(repo, 'prepare', 'RQ-0003', '--quota', '6M')).status).toBe(5);
  });

  it('does not give the last room to two tasks at once', async () => {
    const repo = large();
    const run = await runWorker(repo, taskLines('RQ-0001', 'RQ-0002'), 'echo x > x', '--jobs', '2', '--quota', '3500K');
    expect(run.status).toBe(2);
    expect(run.events('agent.finished')).toHaveLength(1);
    expect(run.events('task.failed')).toMatchObject([{ code: 'workspace_quota' }]);
  });
});
