import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { isLiving, pidIn, runWorker, startWorker, taskLines } from './worker-run.ts';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

const prepare = async (repo: TestRepository, id: string, ...args: readonly string[]) => {
  const env = { OUT: repo.folder };
  const transcript = await runProgram('ralph-worker', ['prepare', id, ...args], { cwd: repo.root, env });
  return { ...transcript, rows: records(transcript.stdout), path: join(repo.workspaces, id) };
};

const worker = async (repo: TestRepository, ...args: readonly string[]) =>
  records((await runProgram('ralph-worker', args, { cwd: repo.root })).stdout);

/** A set-up that counts its runs, as an installation of ten dependencies of 4 KiB, one of them behind a symlink. */
const INSTALL = `echo run >> "$OUT/runs"; mkdir -p deps/bin; for n in 0 1 2 3 4 5 6 7 8 9; do
  head -c 4096 /dev/zero | tr '\\0' a > deps/d$n; done; echo 'echo tool' > deps/bin/tool; chmod 755 deps/bin/tool; ln -s bin/tool deps/link`;

const dependent = () => temporaryRepository({ '.gitignore': 'deps/\n', 'deps.lock': 'one\n', 'README.md': '# test\n' });

const runsOf = ({ folder }: TestRepository) => readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1;

const KEYED = ['--setup', INSTALL, '--setup-key', 'deps.lock'] as const;

const stored = ({ workspaces }: TestRepository) =>
  readdirSync(join(workspaces, '.ralph-setup')).map((name) => join(workspaces, '.ralph-setup', name));

describe('--setup', () => {
  it('runs before the agent, in its workspace, with its environment, into its log', async () => {
    const repo = dependent();
    const setup = 'echo installing for $RALPH_TASK_ID; pwd > "$OUT/where"; mkdir deps; echo one > deps/one';
    const run = await runWorker(repo, taskLines('RQ-0001'), 'cp deps/one two', '--setup', setup);
    expect(run.status).toBe(0);
    expect(run.events('workspace.ready')).toMatchObject([{ reused: false, setup: 'ran' }]);
    expect(run.events('agent.finished')).toMatchObject([{ commits: 1, changed_files: 1 }]);
    expect(readFileSync(join(repo.folder, 'where'), 'utf8').trim()).toBe(join(repo.workspaces, 'RQ-0001'));
    const logs = await runProgram('ralph-worker', ['logs', 'RQ-0001'], { cwd: repo.root });
    expect(logs.stdout).toContain('installing for RQ-0001');
  });

  it('that fails fails the task, keeps nothing of its own as work, and names the log', async () => {
    const repo = dependent();
    const setup = 'echo x > new; echo x >> README.md; echo no network; exit 3';
    const run = await runWorker(repo, taskLines('RQ-0001'), 'touch "$OUT/agent"', '--setup', setup);
    expect(run.status).toBe(1);
    expect(run.events('task.failed')).toMatchObject([
      {
        code: 'setup_failed',
        reason: 'the set-up ended with status 3: no network',
        next_command: expect.stringContaining('ralph-worker logs RQ-0001 --attempt 1'),
      },
    ]);
    expect(existsSync(join(repo.folder, 'agent'))).toBe(false);
    expect(repo.git('for-each-ref', 'refs/ralph/salvage')).toBe('');
    const byHand = await prepare(repo, 'RQ-0002', '--setup', 'exit 1');
    expect(byHand.status).toBe(1);
    expect(errorRecord(byHand.stderr)).toMatchObject({ code: 'setup_failed', task_id: 'RQ-0002' });
    expect(existsSync(byHand.path)).toBe(false);
  });

  it('is ended with its whole tree at its limit and by a stop', async () => {
    const repo = dependent();
    const stubborn = `trap '' INT TERM; echo $$ > "$OUT/setup.pid"; setsid sh -c 'echo $$ > "$OUT/apart"; while :; do sleep 0.2; done' & while :; do sleep 0.2; done`;
    const run = await runWorker(repo, taskLines('RQ-0001'), 'true', '--setup', stubborn, '--setup-timeout', '1s');
    expect(run.events('task.failed')).toMatchObject([
      { code: 'setup_failed', reason: expect.stringContaining('ran longer than it may') },
    ]);
    const first = await Promise.all([pidIn(repo, 'setup.pid'), pidIn(repo, 'apart')]);
    expect(first.map((pid) => isLiving(pid))).toEqual([false, false]);
    const stopped = startWorker(repo, 'true', '--setup', stubborn.replaceAll('$OUT/', '$OUT/again-'));
    stopped.stdin.write(taskLines('RQ-0002'));
    const second = await Promise.all([pidIn(repo, 'again-setup.pid'), pidIn(repo, 'again-apart')]);
    stopped.kill('SIGTERM');
    await waitUntil('the end of the worker', () => stopped.exitCode !== null || stopped.signalCode !== null);
    expect(second.map((pid) => isLiving(pid))).toEqual([false, false]);
  });

  it('of a killed worker ends with it, and reap removes the half', async () => {
    const repo = dependent();
    const setup = 'echo $$ > "$OUT/setup.pid"; mkdir -p deps; while :; do sleep 0.2; done';
    const killed = startWorker(repo, 'true', '--setup', setup, '--setup-key', 'deps.lock');
    killed.stdin.write(taskLines('RQ-0001'));
    const pid = await pidIn(repo, 'setup.pid');
    killed.kill('SIGKILL');
    await waitUntil('the end of the set-up', () => !isLiving(pid));
    expect(await worker(repo, 'reap')).toMatchObject([{ task_id: 'RQ-0001', action: 'removed' }]);
    expect(repo.git('for-each-ref', 'refs/ralph/salvage')).toBe('');
    expect(readdirSync(repo.workspaces)).toEqual(['.ralph-setup']);
  });

  it('has its edits kept out of commits, and says so', async () => {
    const repo = dependent();
    const setup =
      'echo x >> README.md; echo x > "new [1].txt"; mkdir made; echo x > made/by; git add made; git commit -qm setup; echo y > made/too';
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > work', '--setup', setup);
    expect(run.events('agent.finished')).toMatchObject([{ commits: 1, changed_files: 1 }]);
    expect(run.stderr).toContain('RQ-0001: the set-up changed tracked files; they were put back: README.md');
    expect(run.stderr).toContain('no commit will hold them: made/, new [1].txt');
    const path = join(repo.workspaces, 'RQ-0001');
    expect(runGit(path, ['ls-tree', '-r', '--name-only', 'HEAD'])).toBe('.gitignore\nREADME.md\ndeps.lock\nwork');
    expect(readFileSync(join(path, 'new [1].txt'), 'utf8')).toBe('x\n');
    expect(readFileSync(join(path, 'README.md'), 'utf8')).toBe('# test\n');
  });

  it('is not run again where a warm workspace has its result, unless an agent has changed that', async () => {
    const repo = dependent();
    const setup = ['--setup', `${INSTALL}; echo x > made`];
    expect((await prepare(repo, 'RQ-0001', ...setup)).rows).toMatchObject([{ reused: false, setup: 'ran' }]);
    await worker(repo, 'remove', 'RQ-0001');
    const second = await prepare(repo, 'RQ-0002', ...setup);
    expect(second.rows).toMatchObject([{ reused: true, setup: 'reused' }]);
    expect(readFileSync(join(second.path, 'deps/link'), 'utf8')).toBe('echo tool\n');
    expect(runGit(second.path, ['status', '--porcelain'])).toBe('');
    expect(existsSync(join(second.path, 'made'))).toBe(true);
    const changes = [
      'echo x > deps/d1; touch -r deps/d2 deps/d1',
      'rm -r deps/bin',
      'echo x > deps/more',
      'chmod 600 deps/d3',
    ];
    for (const change of changes) {
      execFileSync('sh', ['-ec', change], { cwd: second.path });
      await worker(repo, 'remove', 'RQ-0002');
      const { rows, path } = await prepare(repo, 'RQ-0002', ...setup);
      expect({ change, ...rows[0] }).toMatchObject({ change, reused: true, setup: 'ran' });
      expect(readdirSync(join(path, 'deps'))).toHaveLength(12);
    }
    expect(runsOf(repo)).toBe(1 + changes.length);
    await worker(repo, 'remove', 'RQ-0002');
    const other = await prepare(repo, 'RQ-0003', '--setup', 'true');
    expect(other.rows).toMatchObject([{ reused: true, setup: 'ran' }]);
    expect(existsSync(join(other.path, 'deps'))).toBe(false);
  });
});

describe('--setup-key', () => {
  it('gives each further workspace the stored result, until the file it names has changed', async () => {
    const repo = dependent();
    const outcomes: unknown[] = [];
    for (const id of ['RQ-0001', 'RQ-0002']) outcomes.push((await prepare(repo, id, ...KEYED)).rows[0]?.['setup']);
    repo.write('other', 'not named');
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'other');
    repo.git('push', '-q');
    outcomes.push((await prepare(repo, 'RQ-0003', ...KEYED)).rows[0]?.['setup']);
    repo.write('deps.lock', 'two\n');
    repo.git('commit', '-qam', 'two');
    repo.git('push', '-q');
    outcomes.push((await prepare(repo, 'RQ-0004', ...KEYED)).rows[0]?.['setup']);
    expect(outcomes).toEqual(['ran', 'shared', 'shared', 'ran']);
    expect(runsOf(repo)).toBe(2);
    const [one, two] = ['RQ-0001', 'RQ-0002'].map((id) => join(repo.workspaces, id));
    execFileSync('diff', ['-r', join(one ?? '', 'deps'), join(two ?? '', 'deps')]);
    expect(lstatSync(join(two ?? '', 'deps/link')).isSymbolicLink()).toBe(true);
    expect(runGit(two ?? '', ['status', '--porcelain'])).toBe('');
  });

  it.each([
    ['it leaves as it is, is shared all the same', INSTALL, 'shared'],
    ['it adds a file to, is not shared', `${INSTALL}; echo x > conf/x`, 'ran'],
    ['it adds a folder to, is not shared', `${INSTALL}; mkdir conf/x`, 'ran'],
  ])('beside a folder that travels, which %s', async (_, command, setup) => {
    const repo = temporaryRepository({
      '.gitignore': 'deps/\nconf/\n',
      'deps.lock': '1\n',
      '.worktreeinclude': 'conf/\n',
    });
    repo.write('conf/a b', 'mine\n');
    const how = ['--setup', command, '--setup-key', 'deps.lock'];
    await prepare(repo, 'RQ-0001', ...how);
    const { rows, path } = await prepare(repo, 'RQ-0002', ...how);
    expect(rows).toMatchObject([{ setup }]);
    expect([existsSync(join(path, 'deps/d9')), readFileSync(join(path, 'conf/a b'), 'utf8')]).toEqual([true, 'mine\n']);
  });

  it('is made once for agents that start side by side', async () => {
    const repo = dependent();
    const ids = ['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'];
    const run = await runWorker(repo, taskLines(...ids), 'test -e deps/d9; echo x > x', '--jobs', '4', ...KEYED);
    expect(run.status).toBe(0);
    expect(
      run
        .events('workspace.ready')
        .map((event) => String(event['setup']))
        .toSorted(),
    ).toEqual(['ran', 'shared', 'shared', 'shared']);
    expect(runsOf(repo)).toBe(1);
  });

  it('shared by hard links takes the space of one, in files that cannot be written in place', async () => {
    const repo = dependent();
    const paths: string[] = [];
    for (let n = 1; n <= 10; n += 1)
      paths.push((await prepare(repo, `RQ-${n}`, ...KEYED, '--setup-share', 'link')).path);
    const inodes = paths.map((path) => statSync(join(path, 'deps/d1')).ino);
    expect(new Set(inodes).size).toBe(1);
    expect(statSync(join(paths[0] ?? '', 'deps/bin/tool')).mode & 0o777).toBe(0o555);
    const kilobytes = Number(
      execFileSync('du', ['-sck', ...paths.map((path) => join(path, 'deps'))], { encoding: 'utf8' })
        .split('\n')
        .at(-2)
        ?.split('\t')[0],
    );
    expect(kilobytes).toBeLessThan(250);
    expect(runGit(paths[9] ?? '', ['status', '--porcelain'])).toBe('');
  });

  it('leaves a neighbour alone when an agent replaces what is shared, and makes anew what was written in place', async () => {
    const repo = dependent();
    const linked = [...KEYED, '--setup-share', 'link'];
    const one = await prepare(repo, 'RQ-0001', ...linked);
    const two = await prepare(repo, 'RQ-0002', ...linked);
    execFileSync('sh', ['-ec', 'rm deps/d1; echo mine > deps/d1'], { cwd: two.path });
    expect(statSync(join(one.path, 'deps/d1')).size).toBe(4096);
    expect((await prepare(repo, 'RQ-0003', ...linked)).rows).toMatchObject([{ setup: 'shared' }]);
    chmodSync(join(two.path, 'deps/d2'), 0o644);
    appendFileSync(join(two.path, 'deps/d2'), 'in place');
    const four = await prepare(repo, 'RQ-0004', ...linked);
    expect(four.rows).toMatchObject([{ setup: 'ran' }]);
    expect(statSync(join(four.path, 'deps/d2')).size).toBe(4096);
    for (const id of ['RQ-0004', 'RQ-0001']) await worker(repo, 'remove', id);
    const five = await prepare(repo, 'RQ-0005', ...linked);
    const six = await prepare(repo, 'RQ-0006', ...linked);
    expect([five, six].map(({ path }) => statSync(join(path, 'deps/d2')).size)).toEqual([4096, 4096]);
    expect([five, six].flatMap(({ rows }) => rows).map((row) => row['setup'])).toEqual(['shared', 'reused']);
  });

  it('copies, or shares nothing, when told', async () => {
    const repo = dependent();
    const outcome = async (id: string, share: string) =>
      (await prepare(repo, id, ...KEYED, '--setup-share', share)).rows[0]?.['setup'];
    expect([
      await outcome('RQ-0001', 'copy'),
      await outcome('RQ-0002', 'copy'),
      await outcome('RQ-0003', 'none'),
    ]).toEqual(['ran', 'shared', 'ran']);
    const [one, two] = ['RQ-0001', 'RQ-0002'].map((id) => statSync(join(repo.workspaces, id, 'deps/d1')));
    expect(one?.ino).not.toBe(two?.ino);
    expect(two?.mode).toBe(one?.mode);
  });

  it('is not given to a commit that has, or no longer ignores, what was made', async () => {
    const repo = dependent();
    await prepare(repo, 'RQ-0001', ...KEYED);
    repo.write('.gitignore', 'none/\n');
    repo.write('deps/d1', 'tracked\n');
    repo.git('add', '-A');
    repo.git('commit', '-qm', 'no longer ignored');
    repo.git('push', '-q');
    const { rows, path } = await prepare(repo, 'RQ-0002', ...KEYED);
    expect(rows).toMatchObject([{ setup: 'ran' }]);
    expect(runGit(path, ['status', '--porcelain'])).toBe('');
    expect(readFileSync(join(path, 'deps/d1'), 'utf8')).toBe('tracked\n');
    expect(existsSync(join(path, 'deps/d2'))).toBe(true);
  });

  it('takes no rights from files that a package manager linked from elsewhere', async () => {
    const repo = dependent();
    const store = join(repo.folder, 'package');
    writeFileSync(store, 'package\n', { mode: 0o644 });
    const linked = ['--setup', 'mkdir deps; ln "$OUT/package" deps/package', '--setup-key', 'deps.lock'];
    for (const id of ['RQ-0001', 'RQ-0002']) await prepare(repo, id, ...linked, '--setup-share', 'link');
    expect(statSync(store).mode & 0o777).toBe(0o644);
    const given = statSync(join(repo.workspaces, 'RQ-0002/deps/package'));
    expect(given.ino).not.toBe(statSync(store).ino);
    expect(given.mode & 0o777).toBe(0o444);
  });

  it('keeps the last few results; reap --all drops them, and halves always', async () => {
    const repo = dependent();
    for (let n = 1; n <= 5; n += 1)
      await prepare(repo, `RQ-${n}`, '--setup', `mkdir deps; echo ${n} > deps/n`, '--setup-key', 'deps.lock');
    expect(
      stored(repo)
        .map((path) => readFileSync(join(path, 'result/deps/n'), 'utf8').trim())
        .toSorted(),
    ).toEqual(['3', '4', '5']);
    execFileSync('mkdir', ['-p', join(repo.workspaces, '.ralph-setup/.new.RQ-0009.0123abcd/result')]);
    expect(await worker(repo, 'reap')).toContainEqual(
      expect.objectContaining({ task_id: 'RQ-0009', action: 'swept', reason: 'half of a stored set-up' }),
    );
    expect(stored(repo)).toHaveLength(3);
    await worker(repo, 'reap', '--all');
    expect(stored(repo)).toEqual([]);
  });

  it('refuses what names no file, and a key of nothing', async () => {
    const repo = dependent();
    const missing = await prepare(repo, 'RQ-0001', '--setup', 'true', '--setup-key', 'none.lock');
    expect(errorRecord(missing.stderr)).toMatchObject({
      code: 'setup_failed',
      message: expect.stringContaining('--setup-key none.lock: commit'),
    });
    for (const args of [
      ['--setup-key', 'deps.lock'],
      ['--setup', 'true', '--setup-key', '../x'],
    ])
      expect((await prepare(repo, 'RQ-0001', ...args)).status).toBe(64);
    writeFileSync(join(repo.root, 'x'), '');
    expect(existsSync(join(repo.workspaces, 'RQ-0001'))).toBe(false);
  });
});
