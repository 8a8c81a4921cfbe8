import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { besideState, DONE, idsOnDisk, QUEUE, ralphState, STATE, stateOnDisk } from './support/repository.ts';

const AT = '2026-01-01T00:00:00Z';
const REPAIR = '.ralph/cache/repair';
const LEFT = [
  '.ralph/cache/parallel/.state.json.123.0123456789abcdef.next',
  '.ralph/.queue.jsonc.7.00000000000000ff.next',
];

/** Writes files in which something of every mendable kind is wrong. */
function damage({ write, queue }: TestRepository): void {
  queue([
    queueTask('RQ-0001', { depends_on: ['RQ-0002'] }),
    queueTask('RQ-0002'),
    queueTask('RQ-0003', { updated_at: '2026-03-01T00:00:00Z' }),
    queueTask('RQ-0001', { notes: ['another'] }),
    queueTask('RQ-0001', { depends_on: ['RQ-0002'] }),
  ]);
  const ended = { status: 'done', completed_at: '2026-02-01T00:00:00Z' };
  const tasks = [queueTask('RQ-0002', ended), queueTask('RQ-0003', ended), queueTask('RQ-0005', { status: 'done' })];
  write(DONE, `// what is done\n${JSON.stringify({ version: 1, tasks }, null, 2)}\n`);
  const workers = [
    { task_id: 'RQ-0001', lifecycle: 'failed', attempt: 2 },
    { task_id: 'RQ-0002', lifecycle: 'paused' },
    { task_id: 'RQ-0001', lifecycle: 'failed', attempt: 1 },
  ];
  write(STATE, JSON.stringify({ schema_version: 3, target_branch: 'main', workers, revision: 9 }));
  for (const path of LEFT) write(path, 'half');
}

const KINDS = [
  'record_bad_field RQ-0002',
  'record_twice RQ-0001',
  'task_in_both RQ-0002',
  'task_reopened RQ-0003',
  'task_twice_differs RQ-0001',
  'task_twice RQ-0001',
  'completed_at_missing RQ-0005',
  'leftover',
  'leftover',
];

function kinds(stdout: string): string[] {
  return records(stdout).map(({ code, task_id: id }) => [code, id].join(' ').trim());
}

/** Returns everything under `.ralph`, byte for byte. */
function contents(root: string): Record<string, string> {
  const files = readdirSync(join(root, '.ralph'), { recursive: true, withFileTypes: true });
  const paths = files.map((each) => join(each.parentPath, each.name)).toSorted();
  return Object.fromEntries(paths.map((path) => [path, statSync(path).isFile() ? readFileSync(path, 'latin1') : '/']));
}

describe('ralph-state repair', () => {
  it('mends what a program can, keeps the files as they were, and then finds nothing more', async () => {
    const repository = temporaryRepository();
    const { root, read } = repository;
    damage(repository);
    const before = { 'queue.jsonc': read(QUEUE), 'done.jsonc': read(DONE), 'state.json': read(STATE) };
    const { status, stdout, stderr } = await ralphState(root, ['repair']);
    expect({ status, kinds: kinds(stdout) }).toEqual({ status: 0, kinds: KINDS });
    expect(records(stdout).every(({ mended }) => mended === true)).toBe(true);
    expect(records(stdout)[2]).toMatchObject({ file: join(root, QUEUE), line: 14, column: 5, task_id: 'RQ-0002' });

    const [stamp = ''] = readdirSync(join(root, REPAIR));
    expect(stamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/);
    expect(stderr).toContain(join(root, REPAIR, stamp));
    expect(records(stdout)[2]).toMatchObject({ copy: join(root, REPAIR, stamp, 'queue.jsonc') });
    for (const [name, text] of Object.entries(before)) expect(read(`${REPAIR}/${stamp}/${name}`)).toBe(text);

    expect(idsOnDisk(root, QUEUE)).toEqual(['RQ-0001', 'RQ-0006', 'RQ-0007']);
    expect(read(DONE).startsWith('// what is done\n')).toBe(true);
    expect(read(DONE)).toContain(`"completed_at": "${AT}"`);
    expect(stateOnDisk(root)).toMatchObject({
      revision: 10,
      target_branch: 'main',
      workers: [
        { task_id: 'RQ-0001', attempt: 2 },
        { task_id: 'RQ-0002', lifecycle: 'failed', last_error: 'repair: lifecycle "paused" is not known' },
      ],
    });
    expect(besideState(root)).toEqual(['state.json', 'state.lock']);
    expect(LEFT.filter((path) => existsSync(join(root, path)))).toEqual([]);

    expect(await ralphState(root, ['repair'])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'ralph-state: nothing is wrong\n',
    });
    expect(readdirSync(join(root, REPAIR))).toEqual([stamp]);
    expect(await ralphState(root, ['task', 'validate'])).toMatchObject({ status: 0 });
  });

  it('changes nothing at all with --dry-run, and makes no folder', async () => {
    const repository = temporaryRepository();
    const { root } = repository;
    damage(repository);
    const before = contents(root);
    const { status, stdout } = await ralphState(root, ['repair', '--dry-run']);
    expect({ status, kinds: kinds(stdout) }).toEqual({ status: 0, kinds: KINDS });
    expect(records(stdout).some(({ mended, copy }) => mended !== false || copy !== undefined)).toBe(false);
    expect(contents(root)).toEqual(before);
  });

  it('says where what is left for a person stands, mends the rest, and ends with 65', async () => {
    const { root, queue, write, read } = temporaryRepository();
    queue([
      queueTask('A', { depends_on: ['B'] }),
      queueTask('B', { depends_on: ['A'] }),
      queueTask('C', { status: 'rejected' }),
      queueTask('C', { depends_on: ['X'], tags: [''], created_at: 'soon' }),
    ]);
    write(DONE, JSON.stringify({ version: 1, tasks: [queueTask('D'), queueTask('a/b', { status: 'done' })] }));
    const looked = await ralphState(root, ['repair', '--dry-run']);
    const { status, stdout, stderr } = await ralphState(root, ['repair']);
    const expected = [
      'completed_at_missing C true',
      'completed_at_missing a/b true',
      'time_invalid C false',
      'item_blank C false',
      'link_to_nothing C false',
      'not_ended D false',
      'id_unsafe a/b false',
      'circle A false',
    ];
    const said = (text: string) => records(text).map(({ code, task_id: id, mended }) => [code, id, mended].join(' '));
    expect({ status, said: said(stdout) }).toEqual({ status: 65, said: expected });
    expect(said(looked.stdout)).toEqual(expected.map((line) => line.replace('true', 'false')));
    expect(errorRecord(stderr)).toMatchObject({
      code: 'repair_incomplete',
      task_id: 'C',
      message: `${join(root, QUEUE)}:36:21: C: created_at "soon" is not an RFC 3339 time in UTC; this and 5 more are left for a person`,
    });
    expect(errorRecord(looked.stderr)).toMatchObject({ details: { line: 35, left: 6 } });
    expect(read(QUEUE).split('\n')[35]).toContain('soon');
  });

  it('leaves a queue that cannot be read to a person, and mends the state file all the same', async () => {
    const { root, write, read } = temporaryRepository();
    write(QUEUE, '{"version":1,\n"tasks":[{"id":"A","title":"a"},{}');
    write(STATE, '{"schema_version":3,"workers":[{"task_id":"A","lifecycle":"failed"},{"task');
    const { status, stdout, stderr } = await ralphState(root, ['repair']);
    expect({ status, kinds: kinds(stdout) }).toEqual({
      status: 65,
      kinds: ['state_torn', 'record_torn', 'queue_unreadable'],
    });
    expect(errorRecord(stderr)['message']).toMatch(/queue\.jsonc:2:35: cannot be read: .*; this is left for a person$/);
    expect(read(QUEUE)).toBe('{"version":1,\n"tasks":[{"id":"A","title":"a"},{}');
    expect(records((await ralphState(root, ['list'])).stdout)).toMatchObject([{ task_id: 'A' }]);
  });

  it('refuses a state file of a newer version and changes nothing, in the other files neither', async () => {
    const { root, queue, write } = temporaryRepository();
    write(STATE, '{"schema_version":4}');
    queue([queueTask('A'), queueTask('A')]);
    const before = contents(root);
    const { status, stdout, stderr } = await ralphState(root, ['repair', '--dry-run']);
    expect({ status, stdout, code: errorRecord(stderr)['code'] }).toEqual({
      status: 65,
      stdout: '',
      code: 'state_newer',
    });
    expect((await ralphState(root, ['repair'])).status).toBe(65);
    for (const [path, text] of Object.entries(before)) expect(contents(root)[path]).toBe(text);
    expect(existsSync(join(root, REPAIR))).toBe(false);
  });

  it('shows a table to a person', async () => {
    const { root, queue } = temporaryRepository();
    queue([queueTask('A'), queueTask('A')]);
    const { stdout } = await ralphState(root, ['repair', '--format', 'table']);
    expect(stdout).toMatch(/^PLACE +TASK +PROBLEM +ACTION +MENDED\n\S+queue\.jsonc:11:5 +A +stands twice.*yes\n$/);
  });

  it('replaces what a link leads to, and keeps the link', async () => {
    const { root, folder, read } = temporaryRepository();
    const real = join(folder, 'elsewhere', 'queue.jsonc');
    mkdirSync(dirname(real));
    mkdirSync(join(root, '.ralph'));
    writeFileSync(real, JSON.stringify({ version: 1, tasks: [queueTask('A', { status: 'done' })] }));
    writeFileSync(join(dirname(real), '.queue.jsonc.7.00000000000000ff.next'), 'half');
    symlinkSync(real, join(root, QUEUE));
    expect(kinds((await ralphState(root, ['repair'])).stdout)).toEqual(['completed_at_missing A', 'leftover']);
    expect(readdirSync(dirname(real))).toEqual(['queue.jsonc']);
    expect(readFileSync(real, 'utf8')).toBe(read(QUEUE));
    expect(read(QUEUE)).toContain('completed_at');
  });

  it('loses nothing of what is added beside it', async () => {
    const { root, queue } = temporaryRepository();
    queue([queueTask('RQ-0001'), queueTask('RQ-0001', { notes: ['n'] })]);
    const mending = ralphState(root, ['repair']);
    const lines = Array.from({ length: 20 }, (_, index) => `{"title":"t${index}"}\n`).join('');
    await ralphState(root, ['task', 'add'], lines);
    await mending;
    const added = await ralphState(root, ['task', 'add'], lines);
    expect(added.status).toBe(0);
    expect(new Set(idsOnDisk(root, QUEUE)).size).toBe(idsOnDisk(root, QUEUE).length);
    expect(idsOnDisk(root, QUEUE).length).toBeGreaterThanOrEqual(22);
  });
});
