import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftHalf } from '@ralph/protocol/testing/left-half';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');

function file(repo: TestRepository, path: string, at?: Date): void {
  repo.write(path, 'some words\n');
  if (at !== undefined) utimesSync(join(repo.root, path), at, at);
}

function log(repo: TestRepository, name: string, at?: Date): void {
  file(repo, `.ralph/logs/parallel/${name}`, at);
}

const logsOf = (repo: TestRepository) => readdirSync(join(repo.root, '.ralph/logs/parallel')).toSorted();
const refsOf = (repo: TestRepository) =>
  repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph').replaceAll('refs/ralph/', '').split('\n');

/** Makes a commit of long ago that no branch holds. */
function commitOf(repo: TestRepository, words: string): string {
  const who = 'T <t@example.invalid> 1577836800 +0000';
  const [tree, parent] = ['HEAD^{tree}', 'HEAD'].map((name) => repo.git('rev-parse', name));
  const path = join(repo.folder, 'commit');
  writeFileSync(path, `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n\n${words}\n`);
  return repo.git('hash-object', '-t', 'commit', '-w', path);
}

/** Returns texts of which git thinks that there are many when it has them as loose objects: it looks into one folder of 256. */
function textsThatLookMany(): string[] {
  const isSeen = (text: string) =>
    createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex').startsWith('17');
  return Array.from({ length: 2000 }, (_, one) => String(one)).filter(isSeen);
}

async function prune(repo: TestRepository, ...args: readonly string[]) {
  const { status, stdout, stderr } = await runProgram('ralph-worker', ['prune', ...args], { cwd: repo.root });
  return { status, stderr, row: records(stdout)[0] };
}

describe('ralph-worker prune', () => {
  it('removes logs that nothing was written to for a month, and nothing else beside them', async () => {
    const repo = temporaryRepository();
    for (const name of ['A.1.log', 'A.1.log.1', 'A.1.ci.log', 'events.1.ndjson', 'report-1.html', 'mine.txt'])
      log(repo, name, LONG_AGO);
    log(repo, 'B.1.log');
    const { status, row } = await prune(repo);
    expect([status, row]).toEqual([0, { logs: 3, log_bytes: 33, refs: 0, packed: true, dry_run: false }]);
    expect(logsOf(repo)).toEqual(['B.1.log', 'events.1.ndjson', 'mine.txt', 'report-1.html']);
  });

  it('takes along the half of its own note that a killed prune has left', async () => {
    const repo = temporaryRepository();
    repo.write(leftHalf('.ralph/cache/parallel/pruned'), '');
    expect((await prune(repo)).status).toBe(0);
    expect(readdirSync(join(repo.root, '.ralph/cache/parallel'))).not.toContainEqual(expect.stringContaining('.next'));
  });

  it('takes the age that is asked for', async () => {
    const repo = temporaryRepository();
    log(repo, 'A.1.log', new Date(Date.now() - 3_600_000));
    expect((await prune(repo, '--older-than', '2h')).row).toMatchObject({ logs: 0 });
    expect((await prune(repo, '--older-than', '30m')).row).toMatchObject({ logs: 1 });
  });

  it('only says what it would do with --dry-run', async () => {
    const repo = temporaryRepository();
    log(repo, 'A.1.log', LONG_AGO);
    repo.git('update-ref', 'refs/ralph/attempts/B/1', 'HEAD');
    const { row } = await prune(repo, '--dry-run');
    expect(row).toEqual({ logs: 1, log_bytes: 11, refs: 1, packed: false, dry_run: true });
    expect([logsOf(repo), refsOf(repo)]).toEqual([['A.1.log'], ['attempts/B/1']]);
    expect(existsSync(join(repo.root, '.ralph/cache/parallel/pruned'))).toBe(false);
  });

  it('keeps every log and ref of a task that is on record, has a workspace or is claimed', async () => {
    const repo = temporaryRepository();
    for (const id of ['R', 'W', 'L', 'C']) {
      log(repo, `${id}.1.log`, LONG_AGO);
      repo.git('update-ref', `refs/ralph/attempts/${id}/1`, 'HEAD');
    }
    const record = {
      task_id: 'R',
      workspace_path: '/nowhere',
      lifecycle: 'failed',
      started_at: '2020-01-01T00:00:00Z',
    };
    const state = { schema_version: 3, started_at: '2020-01-01T00:00:00Z', target_branch: 'main', workers: [] };
    repo.write(
      '.ralph/cache/parallel/state.json',
      JSON.stringify({ ...state, workers: [{ ...record, push_attempts: 0 }] }),
    );
    repo.git('update-ref', 'refs/ralph/base/W', 'HEAD');
    repo.git('update-ref', 'refs/ralph/loops/bright-maple/base/L', 'HEAD');
    file(repo, '.ralph/cache/parallel/claims/C.lock');
    expect((await prune(repo)).row).toMatchObject({ logs: 0, refs: 0 });
  });

  it('removes the refs of work that is on the remote, and never of work that is not', async () => {
    const repo = temporaryRepository();
    const agents = commitOf(repo, 'as the agent made it');
    const landed = commitOf(repo, 'as it landed');
    const never = commitOf(repo, 'never landed');
    repo.git('push', '-q', 'origin', `${landed}:refs/heads/main`);
    for (const [ref, commit] of [
      ['attempts/A/1', never],
      ['attempts/A/2', agents],
      ['landed/A/2', landed],
      ['attempts/B/1', never],
      ['landed/B/1', never],
      ['salvage/A/1', landed],
    ] as const)
      repo.git('update-ref', `refs/ralph/${ref}`, commit);
    expect((await prune(repo)).row).toMatchObject({ refs: 2 });
    expect(refsOf(repo)).toEqual(['attempts/A/1', 'attempts/B/1', 'landed/B/1', 'salvage/A/1']);
  });

  it.each(['landed', 'published'])('a number under which something is told as %s is not given again', async (kind) => {
    const repo = temporaryRepository();
    repo.git('update-ref', `refs/ralph/${kind}/RQ-0001/1`, 'HEAD');
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo more >"$RALPH_TASK_ID.txt"');
    expect(run.events('agent.finished')).toMatchObject([{ task_id: 'RQ-0001', attempt: 2 }]);
  });

  it('removes many refs, packed ones too, and goes on where one of them is locked', async () => {
    const repo = temporaryRepository();
    const refs = Array.from({ length: 600 }, (_, index) => `refs/ralph/attempts/T${index}/1`);
    writeFileSync(join(repo.folder, 'refs'), refs.map((ref) => `create ${ref} HEAD\n`).join(''));
    repo.git('config', 'alias.make', `!git update-ref --stdin <'${join(repo.folder, 'refs')}'`);
    repo.git('make');
    repo.git('pack-refs', '--all');
    const lock = join(repo.root, '.git', `${refs[3]}.lock`);
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, '');
    expect((await prune(repo)).row).toMatchObject({ refs: 599 });
    expect(refsOf(repo)).toEqual(['attempts/T3/1']);
  });

  it.each([
    ['puts all refs into one file', [], false],
    ['leaves them where gc.packRefs is off', ['gc.packRefs', 'false'], true],
    ['leaves them where gc.auto is 0', ['gc.auto', '0'], true],
  ])('%s', async (_, setting, isLoose) => {
    const repo = temporaryRepository();
    repo.git('update-ref', 'refs/ralph/salvage/A/1', 'HEAD');
    if (setting.length > 0) repo.git('config', ...setting);
    await prune(repo);
    expect(refsOf(repo)).toEqual(['salvage/A/1']);
    expect(existsSync(join(repo.root, '.git/refs/ralph/salvage/A/1'))).toBe(isLoose);
  });

  it('removes what is written down of a published branch when nothing is left of it', async () => {
    const repo = temporaryRepository();
    for (const id of ['A', 'B']) file(repo, `.ralph/cache/parallel/published/${id}.json`, LONG_AGO);
    repo.git('update-ref', 'refs/ralph/published/B/1', 'HEAD');
    await prune(repo);
    expect(readdirSync(join(repo.root, '.ralph/cache/parallel/published'))).toEqual(['B.json']);
  });

  it.each([
    ['packs loose objects when there are more than git is told', [['gc.auto', '1']], 1],
    ['leaves them loose where gc.auto is 0', [['gc.auto', '0']], 0],
    [
      'leaves them loose where maintenance.auto is off',
      [
        ['gc.auto', '1'],
        ['maintenance.auto', 'false'],
      ],
      0,
    ],
  ])('%s', async (_, settings, packs) => {
    const repo = temporaryRepository();
    for (const [name = '', value = ''] of settings) repo.git('config', name, value);
    for (const text of textsThatLookMany()) writeFileSync(join(repo.root, text), text);
    repo.git('-c', 'gc.auto=0', 'add', '-A');
    repo.git('-c', 'gc.auto=0', '-c', 'maintenance.auto=false', 'commit', '-q', '-m', 'many');
    await prune(repo);
    expect(repo.git('count-objects', '-v')).toContain(`packs: ${packs}`);
  });

  it('keeps young objects behind no ref, which a workspace may borrow, also with gc.pruneExpire=now; old ones go', async () => {
    const repo = temporaryRepository();
    for (const text of textsThatLookMany()) writeFileSync(join(repo.root, text), text);
    repo.git('-c', 'gc.auto=0', 'add', '-A');
    repo.git('-c', 'gc.auto=0', '-c', 'maintenance.auto=false', 'commit', '-q', '-m', 'many');
    repo.git('config', 'gc.auto', '1');
    repo.git('config', 'gc.pruneExpire', 'now');
    const [young = '', old = ''] = ['young', 'old'].map((text) => {
      writeFileSync(join(repo.folder, text), text);
      return repo.git('hash-object', '-w', join(repo.folder, text));
    });
    utimesSync(join(repo.root, '.git/objects', old.slice(0, 2), old.slice(2)), LONG_AGO, LONG_AGO);
    await prune(repo);
    expect(repo.git('count-objects', '-v')).toContain('packs: 1');
    expect(repo.git('cat-file', '-p', young)).toBe('young');
    expect(() => repo.git('cat-file', '-p', old)).toThrow('Not a valid object name');
  });

  it('changes nothing when the records cannot be read', async () => {
    const repo = temporaryRepository();
    log(repo, 'A.1.log', LONG_AGO);
    repo.write('.ralph/cache/parallel/state.json', '{"schema_version":3,');
    const { status, stderr } = await prune(repo);
    expect([status, errorRecord(stderr)['code']]).toEqual([65, 'state_corrupt']);
    expect(logsOf(repo)).toEqual(['A.1.log']);
  });
});

describe('what a killed git has left half-written', () => {
  // Elsewhere nobody can tell who has a file open.
  it.skipIf(process.platform !== 'linux')('is removed from the objects, but not by a dry run', async () => {
    const repo = temporaryRepository();
    file(repo, '.git/objects/eb/tmp_obj_qMghTq', LONG_AGO);
    const path = join(repo.root, '.git/objects/eb/tmp_obj_qMghTq');
    await prune(repo, '--dry-run');
    expect(existsSync(path)).toBe(true);
    await prune(repo);
    expect(existsSync(path)).toBe(false);
  });
});
