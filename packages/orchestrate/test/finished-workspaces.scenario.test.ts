import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { recordsOnDisk } from './support/state.ts';

it('M25: removes at its start the workspaces of what has ended, keeps their work, the records and what is blocked', async () => {
  const repository = temporaryRepository();
  const { root, workspaces } = repository;
  repository.queue([queueTask('Q', { status: 'draft' })]);
  const lifecycles = { A: 'completed', B: 'failed', C: 'blocked_push' };
  const at = new Date().toISOString();
  for (const id of Object.keys(lifecycles)) {
    await runProgram('ralph-worker', ['prepare', id], { cwd: root });
    writeFileSync(join(workspaces, id, 'work.txt'), id);
  }
  const workers = Object.entries(lifecycles).map(([task_id, lifecycle]) => ({
    task_id,
    workspace_path: join(workspaces, task_id),
    lifecycle,
    started_at: at,
    push_attempts: 0,
    attempt: 1,
  }));
  const state = { schema_version: 3, started_at: at, target_branch: 'main', workers };
  repository.write('.ralph/cache/parallel/state.json', JSON.stringify(state));

  const { status, stdout } = await runProgram('ralph-orchestrate', ['run', '--', 'true'], { cwd: root });

  expect(status).toBe(0);
  const recovered = records(stdout).filter(({ type }) => type === 'task.recovered');
  expect(recovered).toMatchObject([
    {
      task_id: 'A',
      action: 'cleared',
      salvage_ref: 'refs/ralph/salvage/A/1',
      reason: expect.stringContaining('completed'),
    },
    {
      task_id: 'B',
      action: 'cleared',
      salvage_ref: 'refs/ralph/salvage/B/1',
      reason: expect.stringContaining('failed'),
    },
    { task_id: 'C', action: 'kept' },
  ]);
  expect(['A', 'B', 'C'].map((id) => existsSync(join(workspaces, id)))).toEqual([false, false, true]);
  expect(recordsOnDisk(root).map(({ lifecycle }) => lifecycle)).toEqual(['completed', 'failed', 'blocked_push']);
  for (const id of ['A', 'B']) expect(repository.git('show', `refs/ralph/salvage/${id}/1:work.txt`)).toBe(id);
});
