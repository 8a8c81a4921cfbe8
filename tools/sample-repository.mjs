import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const STATE = {
  schema_version: 3,
  started_at: '2026-01-01T00:00:00.000Z',
  target_branch: 'main',
  workers: [
    {
      task_id: 'RQ-0001',
      workspace_path: '/tmp/workspaces/RQ-0001',
      lifecycle: 'completed',
      started_at: '2026-01-01T00:00:00.000Z',
      completed_at: '2026-01-01T00:01:00.000Z',
      attempt: 1,
    },
  ],
};

/** Makes a folder that serves the programs as a repository (with `--repo`, without git) and holds a small state file. */
export function makeSampleRepository(root) {
  const file = join(root, '.ralph/cache/parallel/state.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(STATE));
}
