import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

describe('refs of a task', () => {
  it('that a killed git has left locked do not stop the task', async () => {
    const repo = temporaryRepository();
    for (const name of ['attempts/RQ-0001/1', 'salvage/RQ-0001/1', 'base/RQ-0001']) {
      const lock = join(repo.root, '.git/refs/ralph', `${name}.lock`);
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, '');
    }
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > x');
    expect(run.events('task.failed')).toEqual([]);
    expect(repo.git('show', 'refs/ralph/attempts/RQ-0001/1:x')).toBe('x');
  });

  it('that cannot be made are told in git’s words, not as the work of another process', async () => {
    const repo = temporaryRepository();
    repo.git('update-ref', 'refs/ralph/attempts/RQ-0001', 'HEAD');
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > x');
    expect(run.events('task.skipped')).toEqual([]);
    expect(run.events('task.failed')).toMatchObject([
      { code: 'git_failed', reason: expect.stringContaining("'refs/ralph/attempts/RQ-0001' exists") },
    ]);
  });
});
