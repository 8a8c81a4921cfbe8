import fc from 'fast-check';
import { LIFECYCLES } from '@ralph/protocol/contract/lifecycle';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';

/** A record that has every field. */
export const RECORD_VALUES = {
  task_id: 'RQ-0001',
  workspace_path: '/w',
  lifecycle: 'failed',
  started_at: '2026-01-01T00:00:00.123456789Z',
  completed_at: '2026-01-01T01:00:00.000000001Z',
  push_attempts: 2,
  last_error: 'status 3',
  title: 'Title',
  attempt: 2,
  identity: { pid: 7, start_time: '1', boot_id: 'b' },
  target_branch: 'main',
  base_commit: 'a'.repeat(40),
  head_commit: 'b'.repeat(64),
  pushed_commit: 'c'.repeat(40),
  log_path: '/l',
  error_code: 'agent_failed',
  salvage_ref: 'refs/ralph/salvage/RQ-0001/2',
  next_command: 'git rebase --continue',
  land_command: 'ralph-integrate one RQ-0001',
  retry_requested_at: '2026-01-01T02:00:00.000Z',
  retry_fresh: true,
  followups: [{ key: 'docs', title: 'Write it down' }],
  failed_attempt: 2,
  failures: 1,
} as const satisfies WorkerRecord;

const REQUIRED = ['task_id', 'workspace_path', 'lifecycle', 'started_at', 'push_attempts'];

const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value.isWellFormed());
/** As it comes out of a file: there is no -0 in one, and a key named __proto__ is refused. */
const value = fc
  .jsonValue({ maxDepth: 3 })
  .map((any) => JSON.parse(JSON.stringify(any)) as unknown)
  .filter((any) => !JSON.stringify(any).includes('__proto__'));
const unknown = fc.dictionary(fc.constantFrom('x_one', 'x_two', 'theirs', 'ünknown'), value, { maxKeys: 2 });

/** Any record as it may stand in a file: with and without each optional field, with fields that nobody knows. */
export const anyRecord: fc.Arbitrary<WorkerRecord> = fc
  .tuple(
    fc.constantFrom('RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004', 'A', 'B'),
    fc.constantFrom(...LIFECYCLES),
    fc.subarray(Object.keys(RECORD_VALUES).filter((name) => !REQUIRED.includes(name))),
    fc.record({ last_error: text, title: text, push_attempts: fc.nat() }),
    unknown,
  )
  .map(([task_id, lifecycle, names, values, others]) => {
    const all = { ...RECORD_VALUES, ...values, task_id, lifecycle };
    const kept = Object.entries(all).filter(([name]) => REQUIRED.includes(name) || names.includes(name));
    return { ...Object.fromEntries(kept), ...others } as WorkerRecord;
  });

/** Any state as it may stand in a file. */
export const anyState: fc.Arbitrary<StateFile> = fc
  .tuple(
    fc.uniqueArray(anyRecord, { selector: ({ task_id }) => task_id, maxLength: 5 }),
    fc.option(fc.nat()),
    text,
    unknown,
  )
  .map(([workers, revision, branch, others]) => ({
    schema_version: 3,
    started_at: '2026-01-01T00:00:00.000000000Z',
    target_branch: branch,
    workers,
    ...(revision === null ? {} : { revision }),
    ...others,
  }));
