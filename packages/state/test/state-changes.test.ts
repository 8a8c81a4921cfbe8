import { describe, expect, it } from 'vitest';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { stateChanges } from '../src/watch/state-changes.ts';

function record(task_id: string, fields: Partial<WorkerRecord> = {}): WorkerRecord {
  return { task_id, workspace_path: '/w', lifecycle: 'running', started_at: '', push_attempts: 0, ...fields };
}

function state(revision: number, ...workers: WorkerRecord[]): StateFile {
  return { schema_version: 3, started_at: '', target_branch: 'main', workers, revision };
}

/** Each change in a few words. */
function changes(before: StateFile | undefined, after: StateFile | undefined): string[] {
  return stateChanges(before, after).map(({ type, fields }) =>
    [type, 'task_id' in fields ? fields.task_id : fields.target_branch, fields.before, fields.revision].join(' '),
  );
}

describe('stateChanges', () => {
  it('says nothing of states that say the same, in whatever order of fields', () => {
    const { lifecycle, ...rest } = record('A', { identity: { pid: 1, start_time: '1', boot_id: 'x' } });
    expect(stateChanges(state(1, { lifecycle, ...rest }), state(2, { ...rest, lifecycle }))).toEqual([]);
    expect(stateChanges(undefined, undefined)).toEqual([]);
  });

  it('tells a record that is new, with null before it', () => {
    expect(stateChanges(state(1), state(2, record('A', { attempt: 3 })))).toEqual([
      {
        type: 'record.changed',
        fields: {
          task_id: 'A',
          attempt: 3,
          lifecycle: 'running',
          before: null,
          revision: 2,
          record: record('A', { attempt: 3 }),
        },
      },
    ]);
  });

  it.each<[string, Partial<WorkerRecord>]>([
    ['a field that is new', { log_path: '/l' }],
    ['a number', { push_attempts: 1 }],
    ['the attempt', { attempt: 2 }],
    ['a field inside a field', { identity: { pid: 2, start_time: '1', boot_id: 'x' } }],
    ['a field that only others know', { theirs: 'x' }],
  ])('tells a record in which anything differs: %s', (_title, fields) => {
    const before = record('A', { attempt: 1, identity: { pid: 1, start_time: '1', boot_id: 'x' } });
    expect(changes(state(1, before), state(2, { ...before, ...fields }))).toEqual(['record.changed A running 2']);
  });

  it('tells the branch first, then what has gone, then what is there in the order of the file', () => {
    const before = state(4, record('A'), record('B'), record('C'), record('D'));
    const after = state(9, record('E'), record('D', { lifecycle: 'failed' }), record('B'));
    expect(changes(before, { ...after, target_branch: 'next' })).toEqual([
      'state.retargeted next main 9',
      'record.removed A running 9',
      'record.removed C running 9',
      'record.changed E  9',
      'record.changed D running 9',
    ]);
  });

  it('takes a file that is gone, or comes, for a state without anything', () => {
    expect(changes(state(7, record('A')), undefined)).toEqual([
      'state.retargeted  main 0',
      'record.removed A running 0',
    ]);
    expect(changes(undefined, state(7, record('A')))).toEqual(['state.retargeted main  7', 'record.changed A  7']);
  });

  it('lets the first record of a task stand for it', () => {
    const twice = state(1, record('A'), record('A', { lifecycle: 'failed' }));
    expect(changes(twice, state(2, record('A')))).toEqual([]);
  });
});
