import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const COMMIT = 'a'.repeat(40);

/** A record as the programs write it. */
export function sampleRecord(number) {
  const id = `RQ-${String(number).padStart(4, '0')}`;
  return {
    task_id: id,
    workspace_path: `/tmp/workspaces/${id}`,
    lifecycle: 'completed',
    started_at: '2026-01-01T00:00:00.000Z',
    completed_at: '2026-01-01T00:01:00.000Z',
    push_attempts: 1,
    title: `Mend what is wrong with part ${number}`,
    attempt: 1,
    identity: { pid: 4242, start_time: '123456', boot_id: '0b8d6fd0-6b1e-4c76-a5ad-4a1a0d0ff000' },
    base_commit: COMMIT,
    head_commit: COMMIT,
    pushed_commit: COMMIT,
    log_path: `/tmp/repo/.ralph/logs/parallel/${id}.1.log`,
  };
}

/** Returns the text of a state file with so many records, as the programs write it. */
export function sampleState(count) {
  const workers = Array.from({ length: count }, (_, index) => sampleRecord(index + 1));
  const state = {
    schema_version: 3,
    started_at: '2026-01-01T00:00:00.000Z',
    target_branch: 'main',
    workers,
    revision: count,
  };
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** Makes a folder that the programs take for a repository, with a state file of ten records; it needs no git. */
export function makeSampleRepository(root, records = 10) {
  const files = {
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.ralph/cache/parallel/state.json': sampleState(records),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
