import { once } from 'node:events';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { isLocked, lockFile } from './holders.ts';

/** Ways in which the lock file goes, or another takes its place. */
const LOSSES: readonly (readonly [string, (repository: TestRepository) => void])[] = [
  ['rm', ({ root }) => rmSync(lockFile(root))],
  ['git clean -fdx', ({ git }) => void git('clean', '-fdxq')],
  ['rm -r of the folder', ({ root }) => rmSync(join(root, '.ralph'), { recursive: true })],
  [
    'a rename over it',
    ({ root }) => {
      writeFileSync(`${lockFile(root)}.new`, '{}');
      renameSync(`${lockFile(root)}.new`, lockFile(root));
    },
  ],
  ['a checkout of a branch that tracks it', ({ git }) => void git('checkout', '-qf', 'tracked')],
];

function repository(): TestRepository {
  const made = temporaryRepository({ '.gitignore': '.ralph/\n' });
  made.git('checkout', '-qb', 'tracked');
  made.write('.ralph/loop.lock', 'somebody committed it\n');
  made.git('add', '-f', '.ralph/loop.lock');
  made.git('commit', '-qm', 'a mistake');
  made.git('checkout', '-q', 'main');
  return made;
}

describe.each(LOSSES)('a lock file that goes by %s while the lock is held', (_, lose) => {
  it('ends the command of run, and says so', async () => {
    const made = repository();
    const body = 'trap "echo ending; exit 3" TERM; echo up; while :; do sleep 0.01; done';
    const child = startProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: made.root });
    const transcript = transcriptOf(child);
    await once(child.stdout, 'data');
    lose(made);
    const { status, stdout, stderr } = await transcript;
    expect([status, stdout]).toEqual([74, 'up\nending\n']);
    expect(stderr).toContain('lock.lost');
    expect(errorRecord(stderr)).toMatchObject({ code: 'lock_lost', details: { path: lockFile(made.root) } });
  });

  it('is noticed by both holders: the next one takes the new file, the first one says lock.lost', async () => {
    const made = repository();
    const first = startProgram('ralph-lock', ['hold'], { cwd: made.root });
    const transcript = transcriptOf(first);
    await once(first.stdout, 'data');
    lose(made);
    const second = startProgram('ralph-lock', ['hold', '--wait'], { cwd: made.root });
    const [said] = (await once(second.stdout, 'data')) as [Buffer];
    expect(JSON.parse(String(said))).toMatchObject({ type: 'lock.acquired' });
    const { status, stdout } = await transcript;
    expect([status, records(stdout)]).toMatchObject([74, [{ type: 'lock.acquired' }, { type: 'lock.lost' }]]);
    expect(isLocked(made.root)).toBe(true);
  });
});

describe('a lock file that goes in the last moment', () => {
  it('is noticed at the end of the command, and of hold', async () => {
    const { root } = temporaryRepository();
    const run = await runProgram('ralph-lock', ['run', '--', 'rm', '.ralph/loop.lock'], { cwd: root });
    expect([run.status, errorRecord(run.stderr)['code']]).toEqual([74, 'lock_lost']);
    const holder = startProgram('ralph-lock', ['hold'], { cwd: root });
    const transcript = transcriptOf(holder);
    await once(holder.stdout, 'data');
    rmSync(lockFile(root));
    holder.stdin.end();
    const { status, stdout } = await transcript;
    expect([status, records(stdout).map(({ type }) => type)]).toEqual([74, ['lock.acquired', 'lock.lost']]);
  });

  it('is said with --on-lost continue, and the status is that of the command', async () => {
    const { root } = temporaryRepository();
    const body = 'rm .ralph/loop.lock; exit 3';
    const { status, stderr } = await runProgram('ralph-lock', ['run', '--on-lost=continue', '--', 'sh', '-c', body], {
      cwd: root,
    });
    expect([status, stderr]).toEqual([3, expect.stringContaining('lock.lost') as string]);
  });
});

describe('ralph-lock run --on-lost continue', () => {
  it('says so and leaves the command alone', async () => {
    const { root } = temporaryRepository();
    const body = 'echo up; read -r _; exit 5';
    const child = startProgram('ralph-lock', ['run', '--on-lost', 'continue', '--', 'sh', '-c', body], { cwd: root });
    const transcript = transcriptOf(child);
    await once(child.stdout, 'data');
    rmSync(lockFile(root));
    const [said] = (await once(child.stderr, 'data')) as [Buffer];
    expect(String(said)).toContain('lock.lost');
    child.stdin.end('go\n');
    expect(await transcript).toMatchObject({ status: 5 });
    expect(existsSync(lockFile(root))).toBe(false);
  });
});

describe('a command that is ended because the lock was lost', () => {
  it('goes with all that it has started, also with what ignores the first signal', async () => {
    const { root } = temporaryRepository();
    const body = `trap "" TERM; (trap "" TERM; echo up; while :; do sleep 0.05; done) & while :; do sleep 0.05; done`;
    const child = startProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: root });
    const transcript = transcriptOf(child);
    await once(child.stdout, 'data');
    rmSync(lockFile(root));
    // It ends only when everybody who has its output is gone.
    expect(await transcript).toMatchObject({ status: 74 });
    expect(await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root })).toMatchObject({ status: 0 });
  });
});
