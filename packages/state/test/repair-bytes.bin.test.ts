import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { QUEUE, ralphState, STATE } from './support/repository.ts';

const RECORD = '{"task_id":"A","workspace_path":"/w","lifecycle":"failed","started_at":"t","push_attempts":1}';
const SOUND = `{"schema_version":3,"target_branch":"main","workers":[${RECORD}],"revision":4}`;

describe('ralph-state repair of a state file that every reader refuses', () => {
  it.each([
    ['bytes that are no UTF-8', Buffer.from(SOUND.replace('"/w"', '"/\xe9"'), 'latin1'), '/\uFFFD'],
    ['half of a surrogate pair', Buffer.from(SOUND.replace('"/w"', String.raw`"/\ud83d"`)), '/\uFFFD'],
    ['a key twice', Buffer.from(SOUND.replace('"/w"', '"/old","workspace_path":"/new"')), '/new'],
    ['NUL bytes behind it', Buffer.from(`${SOUND}\0\0\0`), '/w'],
    [
      'nesting without end',
      Buffer.from(SOUND.replace('"push', `"x":${'['.repeat(300)}${']'.repeat(300)},"push`)),
      '/w',
    ],
  ])('%s: the record is kept, the file as it was too', async (_title, bytes, path) => {
    const { root, write } = temporaryRepository();
    write(STATE, '');
    writeFileSync(join(root, STATE), bytes);
    expect((await ralphState(root, ['list'])).status).toBe(65);
    const repaired = await ralphState(root, ['repair']);
    expect([repaired.status, records(repaired.stdout).every(({ mended }) => mended === true)]).toEqual([0, true]);
    const { status, stdout } = await ralphState(root, ['list']);
    expect({ status, records: records(stdout) }).toMatchObject({
      status: 0,
      records: [{ task_id: 'A', workspace_path: path }],
    });
    const [kept = ''] = readdirSync(join(root, '.ralph/cache/repair'));
    expect(readFileSync(join(root, '.ralph/cache/repair', kept, 'state.json')).equals(bytes)).toBe(true);
    expect(records((await ralphState(root, ['repair'])).stdout)).toEqual([]);
  });

  it('100 MB: it is left for a person', async () => {
    const { root, write } = temporaryRepository();
    write(STATE, SOUND.replace('"/w"', `"${'w'.repeat(101e6)}"`));
    const { status, stderr } = await ralphState(root, ['repair']);
    expect([status, errorRecord(stderr)['code']]).toEqual([65, 'file_too_large']);
  });
});

it('leaves a queue whose bytes are no UTF-8 to a person, as it is', async () => {
  const { root, write } = temporaryRepository();
  write(QUEUE, '');
  const bytes = Buffer.from(JSON.stringify({ version: 1, tasks: [queueTask('RQ-0001', { title: '\xe9' })] }), 'latin1');
  writeFileSync(join(root, QUEUE), bytes);
  const { status, stdout } = await ralphState(root, ['repair']);
  expect({ status, records: records(stdout) }).toMatchObject({
    status: 65,
    records: [{ code: 'queue_unreadable', file: join(root, QUEUE), mended: false }],
  });
  expect(readFileSync(join(root, QUEUE)).equals(bytes)).toBe(true);
});
