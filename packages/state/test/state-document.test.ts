import { describe, expect, it } from 'vitest';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { anyFileSurvivesARoundTrip, anyOldFileIsTakenOver } from './support/fold-properties.ts';
import { emptyState, parseState } from '../src/store/state-document.ts';
import { serialiseState } from './support/serialise-state.ts';

const RECORD = { task_id: 'A', workspace_path: '/w', lifecycle: 'failed', started_at: 't', push_attempts: 1 };

describe('parseState', () => {
  it('reads comments, trailing commas and a byte order mark (M16)', async () => {
    const text = '\uFEFF{\n  // theirs\n  "schema_version": 3, "target_branch": "main",\n  "workers": [],\n}';
    expect(await parseState(text, 'f')).toMatchObject({ target_branch: 'main', workers: [] });
  });

  it('fills in what is missing (M16)', async () => {
    expect(await parseState('{"schema_version":3,"workers":[{"task_id":"A"}]}', 'f')).toEqual({
      schema_version: 3,
      started_at: '',
      target_branch: '',
      workers: [{ task_id: 'A', workspace_path: '', lifecycle: 'running', started_at: '', push_attempts: 0 }],
    });
  });

  it.each([
    ['version 2', { schema_version: 2, base_branch: 'main', started_at: 't', workers: [{ pr: 1 }] }],
    ['version 2 with workers of another kind', { schema_version: 2, started_at: 't', workers: 'none' }],
    ['version 1', { schema_version: 1, started_at: 't', workers: [RECORD] }],
    ['no version', { started_at: 't', workers: [RECORD], theirs: { a: [1] } }],
  ])(
    'takes a file of %s for one of version 3 without records, and keeps what it does not know (M17)',
    async (_title, old) => {
      expect(await parseState(JSON.stringify(old), 'f')).toEqual({
        ...old,
        schema_version: 3,
        started_at: 't',
        target_branch: '',
        workers: [],
      });
    },
  );

  it('refuses a newer version', async () => {
    await expect(parseState('{"schema_version":4,"workers":"?"}', 'f')).rejects.toMatchObject({ code: 'state_newer' });
  });

  it.each([
    ['cut off', '{', 'f:1:2'],
    ['empty', '', 'f:1:1'],
    ['not an object', '[]', 'f:1:1'],
    ['unknown lifecycle', '{"schema_version":3,\n "workers":[{"task_id":"A",\n  "lifecycle":"paused"}]}', 'f:3:15'],
    ['record without id', '{"schema_version":3,\n "workers":[\n  {}]}', 'f:3:3'],
    ['version not a number', '{"schema_version":"3"}', 'f:1:19'],
    ['a key that reaches into objects', '{"schema_version":3,"__proto__":{"a":1}}', 'f:1:21'],
  ])('refuses a corrupt file and names the place: %s (M18)', async (_title, text, place) => {
    await expect(parseState(text, 'f')).rejects.toMatchObject({
      code: 'state_corrupt',
      message: expect.stringContaining(`${place}:`),
    });
  });
});

describe('any state file', () => {
  it('is written as it was read, known fields and unknown ones', async () => {
    await expect(anyFileSurvivesARoundTrip(300)).resolves.toBeUndefined();
  });

  it('of an earlier version loses its records and nothing else (M17)', async () => {
    await expect(anyOldFileIsTakenOver(300)).resolves.toBeUndefined();
  });
});

describe('serialiseState', () => {
  it("writes fields in ralph-agent-loop's order, ours behind them, unknown ones last", async () => {
    const mixed = {
      theirs: 1,
      revision: 2,
      workers: [{ mine: 1, attempt: 1, ...RECORD }],
      target_branch: 'main',
      schema_version: 3,
      started_at: 't',
    };
    const text = serialiseState(await parseState(JSON.stringify(mixed), 'f'));
    expect([...text.matchAll(/"(\w+)":/g)].map(([, name]) => name).join(' ')).toBe(
      'schema_version started_at target_branch workers ' +
        'task_id workspace_path lifecycle started_at push_attempts attempt mine ' +
        'revision theirs',
    );
    expect(text.endsWith('}\n')).toBe(true);
    expect(serialiseState(await parseState(text, 'f'))).toBe(text);
  });

  it('brings the fields of a record that was put together in memory into that order', () => {
    const { task_id, workspace_path, ...rest } = RECORD;
    const state = { ...emptyState('main', ''), workers: [{ attempt: 1, ...rest, workspace_path, task_id }] };
    const inOrder = { ...emptyState('main', ''), workers: [{ ...RECORD, attempt: 1 }] };
    expect(serialiseState(state as StateFile)).toBe(`${JSON.stringify(inOrder, null, 2)}\n`);
  });
});
