import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { namesIn } from '@ralph/protocol/process/names-in';
import { callSibling } from '@ralph/protocol/process/sibling';
import { sharedRoot, type Repository } from '@ralph/protocol/process/repository';
import { taskOfRef } from '../refs/attempt-number.ts';
import { listRefs } from '../refs/ralph-refs.ts';

/**
 * Returns the tasks of which nothing may go: they are on record, have a workspace, under whatever root and of whatever
 * loop, or are claimed.
 *
 * @throws Failure of ralph-state, when the records cannot be read
 */
export async function openTasks(repo: Repository): Promise<ReadonlySet<string>> {
  const records = await callSibling('ralph-state', ['list', '--repo', repo.root, '--format', 'ndjson']);
  const refs = await listRefs(repo.root, 'refs/ralph/base/', 'refs/ralph/loops/');
  const claims = namesIn(join(sharedRoot(repo.root), RALPH_PATHS.claims));
  return new Set([
    ...records.map((record) => String(record['task_id'])),
    ...refs.flatMap(({ ref }) => taskOfRef(ref) ?? []),
    ...claims.map((name) => name.replace(/\.lock$/, '')),
  ]);
}
