import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { mendState, type StateMend } from '../src/repair/state-repair.ts';
import { parseState } from '../src/store/state-document.ts';
import { serialiseState } from './support/serialise-state.ts';
import { damageEverywhere } from './support/repair-fuzz.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const STATE = {
  schema_version: 3,
  started_at: '2026-05-01T00:00:00Z',
  target_branch: 'main',
  workers: [
    { task_id: 'A', lifecycle: 'failed', attempt: 1, identity: { pid: 7, start_time: '1', boot_id: 'x' } },
    { task_id: 'B', lifecycle: 'completed', attempt: 2, theirs: { deep: [1, 2] } },
    { task_id: 'C', lifecycle: 'blocked_push', attempt: 1, last_error: 'a "quoted" word' },
  ],
  revision: 41,
  ours: { kept: true },
};
const TEXT = `${JSON.stringify(STATE, null, 2)}\n`;

function mend(text: string | undefined): Promise<StateMend> {
  return mendState(text === undefined ? undefined : { text, isWhole: true }, '/s', NOW);
}

function found({ findings }: StateMend): string[] {
  return findings.map(({ code, at }) => (at === undefined ? code : `${code} ${at.line}:${at.column}`));
}

function tasks({ state }: StateMend): string[] | undefined {
  return state?.workers.map(({ task_id, attempt }) => `${task_id}${attempt}`);
}

describe('mendState', () => {
  it.each([
    ['no file', undefined],
    ['a sound file', TEXT],
    ['comments and trailing commas', `\uFEFF// ours\n${TEXT.replace('\n}', ',\n}')}`],
    ['a version that is taken over when it is read', '{"schema_version":2,"workers":[{"id":1}]}'],
  ])('has nothing to do with %s', async (_what, text) => {
    expect(await mend(text)).toEqual({ findings: [], state: undefined });
  });

  it('leaves one record of a task and lets the revision grow', async () => {
    const twins = { ...STATE, workers: [...STATE.workers, { task_id: 'B', attempt: 3 }, { task_id: 'A', attempt: 1 }] };
    const mended = await mend(JSON.stringify(twins));
    expect(tasks(mended)).toEqual(['A1', 'B3', 'C1']);
    expect(found(mended)).toHaveLength(2);
    expect(mended.state).toMatchObject({ revision: 42, target_branch: 'main', ours: { kept: true } });
  });

  it('mends records field by field and says where', async () => {
    const text = TEXT.replace('"failed"', '"paused"').replace('"attempt": 2', '"attempt": "2"');
    const mended = await mend(text);
    expect(found(mended)).toEqual(['record_bad_field 8:20', 'record_bad_field 19:18']);
    expect(mended.findings[0]).toMatchObject({ taskId: 'A', problem: 'lifecycle "paused" is not known' });
    expect(mended.state?.workers[0]).toMatchObject({ lifecycle: 'failed', attempt: 1 });
    expect(mended.state?.workers[1]).toEqual({
      task_id: 'B',
      workspace_path: '',
      lifecycle: 'completed',
      started_at: '',
      push_attempts: 0,
      theirs: { deep: [1, 2] },
    });
    expect(mended.state?.revision).toBe(42);
  });

  it.each([
    ['a branch that is no text', TEXT.replace('"main"', '7'), ['state_bad_field 4:20'], ['A1', 'B2', 'C1']],
    ['records that are no list', '{"schema_version":3,"workers":{}}', ['state_bad_field 1:31'], []],
    [
      'a record without task',
      TEXT.replace('"task_id": "B"', '"task": "B"'),
      ['record_without_task 16:5'],
      ['A1', 'C1'],
    ],
    [
      'a key that is refused',
      TEXT.replace('"deep"', '"__proto__"').replace('"kept"', '"__proto__"'),
      ['state_bad_field 36:18', 'record_bad_field 21:22'],
      ['A1', 'B2', 'C1'],
    ],
    [
      'a comma too few',
      TEXT.replace('},\n    {\n      "task_id": "B"', '}\n    {\n      "task_id": "B"'),
      ['state_torn 16:5'],
      ['A1', 'B2', 'C1'],
    ],
    [
      'the mark of a merge',
      TEXT.replace('      "task_id": "B"', '<<<<<<< HEAD\n      "task_id": "B"'),
      ['state_torn 17:1', 'record_torn 16:5'],
      ['A1', 'C1'],
    ],
  ])('mends %s', async (_what, text, codes, left) => {
    const mended = await mend(text);
    expect({ found: found(mended), tasks: tasks(mended) }).toEqual({ found: codes, tasks: left });
  });

  it('keeps the records behind one that was cut in its middle', async () => {
    const at = TEXT.indexOf('"attempt": 1');
    const next = TEXT.indexOf('{\n      "task_id": "B"');
    const mended = await mend(`${TEXT.slice(0, at)}${TEXT.slice(next)}`);
    expect(tasks(mended)).toEqual(expect.arrayContaining(['B2', 'C1']));
    expect(found(mended)).toContain('record_torn 6:5');
  });

  it('begins the revision anew behind the last number that JSON keeps exactly', async () => {
    const text = JSON.stringify({ ...STATE, revision: Number.MAX_SAFE_INTEGER, started_at: 7 });
    const mended = await mend(text);
    expect(mended.state?.revision).toBe(NOW.getTime());
  });

  it('keeps what is whole of a file that was cut off, and its revision cannot be taken for an earlier one', async () => {
    const mended = await mend(TEXT.slice(0, TEXT.indexOf('"last_error"')));
    expect(tasks(mended)).toEqual(['A1', 'B2']);
    expect(found(mended)).toEqual([expect.stringMatching(/^state_torn/), expect.stringMatching(/^record_torn/)]);
    expect(mended.state?.target_branch).toBe('main');
    expect(mended.state?.revision).toBe(NOW.getTime());
  });

  it.each(['', ' \n', '\0\0\0', '[1]', 'null', '"text"', '{'.repeat(3), '['.repeat(100_000)])(
    'makes an empty state, or all that can be had, of %j',
    async (text) => {
      const { state, findings } = await mend(text);
      expect(state).toMatchObject({ schema_version: 3, target_branch: '', workers: [] });
      expect(findings.length).toBeGreaterThan(0);
    },
  );

  it.each(['{"schema_version":4,"workers":[]}', '{"schema_version":4,"workers":[{'])(
    'refuses a newer version, whole or torn: %s',
    async (text) => {
      await expect(mend(text)).rejects.toMatchObject({ code: 'state_newer' });
    },
  );

  it('makes of any cut of a file a state that can be read, in which nothing is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(TEXT.length), fc.nat(30), async (at, length) => {
        const { state } = await mend(`${TEXT.slice(0, at)}${TEXT.slice(at + length)}`);
        if (state === undefined) return;
        const text = serialiseState(state);
        expect(await mend(text)).toEqual({ findings: [], state: undefined });
        expect((await parseState(text, '/s')).revision).toBeGreaterThan(41);
        for (const { task_id } of state.workers) expect(task_id.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('mendState: one byte of the file is damaged', () => {
  it('keeps every record that is not', async () => {
    const { lost, tried } = await damageEverywhere(11);
    expect(lost).toEqual([]);
    expect(tried).toBeGreaterThan(800);
  });

  it.each([
    ['a colon is lost', '{"schema_version" 4,"workers":[]}'],
    ['something stands before it', 'x{"schema_version":4,"workers":[]}'],
  ])('does not take a newer version for ours where %s', async (_title, text) => {
    await expect(mendState({ text, isWhole: true }, '/s', NOW)).rejects.toMatchObject({ code: 'state_newer' });
  });

  it('does not change a number that it cannot keep', async () => {
    const text = '{"schema_version":3,"theirs":12345678901234567891,"workers":[{"task_id":"A","lifecycle":"paused"}]}';
    await expect(mendState({ text, isWhole: true }, '/s', NOW)).rejects.toMatchObject({ code: 'state_inexact' });
  });
});
