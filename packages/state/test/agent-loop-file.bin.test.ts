import { describe, expect, it } from 'vitest';
import { errorRecord } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import {
  agentFinished,
  agentStarted,
  integrateStarted,
  stream,
  taskBlocked,
  taskCompleted,
  taskFailed,
} from './support/events.ts';
import { ralphState, STATE, stateOnDisk } from './support/repository.ts';

/** The fields of ralph-agent-loop 0.4: whether it insists on each, and of which type it is. */
const STATE_FIELDS = { schema_version: 'number', started_at: 'string', target_branch: 'string', workers: 'object' };
const RECORD_FIELDS = {
  task_id: 'string',
  workspace_path: 'string',
  lifecycle: 'string',
  started_at: 'string',
  push_attempts: 'number',
};
const OPTIONAL_FIELDS = { completed_at: 'string', last_error: 'string' };

/** Our fields of a record, which it passes over. */
const OURS = [
  'title',
  'attempt',
  'identity',
  'target_branch',
  'base_commit',
  'head_commit',
  'pushed_commit',
  'log_path',
  'failed_attempt',
  'failures',
  'error_code',
  'salvage_ref',
  'next_command',
  'land_command',
  'retry_requested_at',
];

function without(ours: readonly string[], object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !ours.includes(name)));
}

function typesOf(object: object): Record<string, string> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, typeof value]));
}

/** As it writes it: nanoseconds, no optional field that says nothing, two fields of a later version. */
const THEIRS = {
  schema_version: 3,
  started_at: '2026-11-20T08:15:30.123456789Z',
  target_branch: 'main',
  workers: [
    {
      task_id: 'RQ-0007',
      workspace_path: '/w/RQ-0007',
      lifecycle: 'blocked_push',
      started_at: '2026-11-20T08:15:31.000000001Z',
      completed_at: '2026-11-20T09:00:00.999999999Z',
      push_attempts: 50,
      last_error: 'unresolved conflicts: a.rs',
      next_field: { of: ['a', 'later', 'version'] },
    },
    {
      task_id: 'RQ-0008',
      workspace_path: '/w/RQ-0008',
      lifecycle: 'running',
      started_at: '2026-11-20T08:15:32.500000000Z',
      push_attempts: 0,
    },
  ],
  next_top_field: null,
};

describe('the state file of ralph-agent-loop', () => {
  it('is what we write, but for fields of ours that it passes over', async () => {
    const { root } = temporaryRepository();
    const lives = [[taskCompleted], [taskBlocked], [taskFailed], []].map((end, index) => {
      const task = `RQ-000${index}`;
      return [agentStarted, agentFinished, integrateStarted, ...end].map((make) => make({ task }));
    });
    await ralphState(root, ['init']);
    await ralphState(root, ['apply'], stream(...lives.flat()));
    const state = without(['revision'], stateOnDisk(root));
    expect(typesOf(state)).toEqual(STATE_FIELDS);
    expect(state['schema_version']).toBe(3);
    const records = stateOnDisk(root).workers.map((record) => without(OURS, record));
    expect(records.map(({ lifecycle }) => lifecycle)).toEqual(['completed', 'blocked_push', 'failed', 'integrating']);
    for (const record of records) {
      const { completed_at: _at, last_error: _error, ...required } = typesOf(record);
      expect(required).toEqual(RECORD_FIELDS);
      expect({ ...RECORD_FIELDS, ...OPTIONAL_FIELDS }).toMatchObject(typesOf(record));
    }
    expect(Object.keys(records[0] ?? {})).toEqual([
      ...Object.keys(RECORD_FIELDS).slice(0, 4),
      'completed_at',
      'push_attempts',
    ]);
  });

  it('is kept as it is around what we change in it', async () => {
    const { root, write, read } = temporaryRepository();
    write(STATE, JSON.stringify(THEIRS, null, 2));
    const { status } = await ralphState(root, ['apply'], stream(agentStarted({ task: 'RQ-0009' })));
    expect(status).toBe(0);
    const { workers, revision, ...rest } = stateOnDisk(root);
    const { workers: theirs, ...theirRest } = THEIRS;
    expect(rest).toEqual(theirRest);
    expect(workers.slice(0, 2)).toEqual(theirs);
    expect([workers.length, revision]).toEqual([3, 1]);
    const [before, after] = [JSON.stringify(THEIRS, null, 2), read(STATE)];
    expect(after.slice(0, before.indexOf('    {\n      "task_id": "RQ-0008"'))).toBe(
      before.slice(0, before.indexOf('    {\n      "task_id": "RQ-0008"')),
    );
  });

  it('is read, but not rewritten, where a number in it would come out as another one', async () => {
    const { root, write, read } = temporaryRepository();
    const text = JSON.stringify(THEIRS, null, 2).replace('null', '12345678901234567890');
    write(STATE, text);
    expect((await ralphState(root, ['list'])).status).toBe(0);
    const { status, stderr } = await ralphState(root, ['apply'], stream(agentStarted()));
    expect([status, errorRecord(stderr)['message']]).toEqual([
      65,
      expect.stringMatching(/state\.json:\d+:\d+: 12345678901234567890 would not survive a rewrite$/),
    ]);
    expect(read(STATE)).toBe(text);
  });

  it('is listed as it says', async () => {
    const { root, write } = temporaryRepository();
    write(STATE, `// kept by hand\n${JSON.stringify(THEIRS, null, 2)}`);
    const { stdout } = await ralphState(root, ['list', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject(THEIRS.workers);
  });
});
