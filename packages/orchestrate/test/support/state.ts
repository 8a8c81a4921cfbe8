import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RecordOnDisk {
  readonly task_id: string;
  readonly lifecycle: string;
  readonly last_error?: string;
  readonly error_code?: string;
  readonly pushed_commit?: string;
  readonly attempt?: number;
  readonly completed_at?: string;
  readonly push_attempts?: number;
}

/** Reads the records of the state file as it stands on disk. */
export function recordsOnDisk(root: string): RecordOnDisk[] {
  const text = readFileSync(join(root, '.ralph/cache/parallel/state.json'), 'utf8');
  return (JSON.parse(text) as { workers: RecordOnDisk[] }).workers;
}
