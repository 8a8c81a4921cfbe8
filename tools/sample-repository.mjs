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

/** Makes a folder that the programs take for a repository, and that holds a small state file; it needs no git. */
export function makeSampleRepository(root) {
  const files = {
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.ralph/cache/parallel/state.json': JSON.stringify(STATE),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
