import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import {
  queueTask,
  runGit,
  temporaryRepository,
  type TestRepository,
} from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { leftovers, processesOf } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

interface Scene {
  readonly repository: TestRepository;
  /** Writes a file named after its task. */
  readonly quick: string;
  /** The same, but not before the file `hold` is gone. */
  readonly slow: string;
  readonly hold: string;
}

function scene(): Scene {
  const repository = temporaryRepository();
  const hold = join(repository.folder, 'hold');
  writeFileSync(hold, '');
  const body = 'echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"';
  const quick = scriptedCommand(repository.folder, 'quick', body);
  const wait = `touch "${repository.folder}/started.$RALPH_TASK_ID"; while [ -e "${hold}" ]; do sleep 0.05; done`;
  const slow = scriptedCommand(repository.folder, 'slow', `${wait}; ${body}`);
  return { repository, quick, slow, hold };
}

function commitQueue(repository: TestRepository, ...ids: readonly string[]): void {
  repository.queue(ids.map((id) => queueTask(id)));
  repository.git('add', '-f', '.ralph/queue.jsonc');
  repository.git('commit', '-q', '-m', 'queue');
  repository.git('push', '-q');
}

/** Starts the first loop with the slow agent and waits until that works on the first task. */
async function firstLoop({ repository, slow }: Scene, id = 'RQ-0001') {
  const child = startProgram('ralph-orchestrate', ['run', '--max-tasks', '1', '--', slow], { cwd: repository.root });
  const ended = transcriptOf(child);
  await waitUntil('its agent works', () => existsSync(join(repository.folder, `started.${id}`)));
  await waitUntil('it is on record', () =>
    recordsOnDisk(repository.root).some(({ lifecycle }) => lifecycle === 'running'),
  );
  return { ended };
}

function secondLoop({ repository, quick }: Scene, words: readonly string[] = [], stdin = '', cwd = repository.root) {
  const args = ['run', '--on-busy', 'worktree', ...words, '--', quick];
  return runProgram('ralph-orchestrate', args, { cwd, stdin });
}

async function loopsOf({ root }: TestRepository): Promise<Record<string, unknown>[]> {
  return records((await runProgram('ralph-worker', ['worktree', 'list'], { cwd: root })).stdout);
}

function given(id: string): string {
  return `${JSON.stringify({ id, title: `Task ${id}` })}\n`;
}

const filesOn = ({ gitOrigin }: TestRepository, branch: string) =>
  gitOrigin('ls-tree', '--name-only', branch)
    .split('\n')
    .filter((name) => /^(?:RQ|T)-/.test(name));

describe('ralph-orchestrate run --on-busy worktree', () => {
  it('runs beside the first loop on a branch of its own, leaves to it what it has, and comes home by the commands it names', async () => {
    const stage = scene();
    const { repository, hold } = stage;
    commitQueue(repository, 'RQ-0001', 'RQ-0002', 'RQ-0003');
    const first = await firstLoop(stage);
    repository.write('README.md', 'an edit of the user\n');
    const before = repository.git('status', '--porcelain', '--untracked-files=all', '.', ':!.ralph');
    const second = await secondLoop(stage, ['--workers', '2'], '', join(repository.root, '.ralph'));
    expect({ status: second.status, stderr: second.stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('left to another loop of this repository: RQ-0001'),
    });
    const [started] = records(second.stdout).filter(({ type }) => type === 'run.started');
    const name = String(started?.['loop']);
    const path = join(repository.root, '.worktrees', name);
    expect(started).toMatchObject({ target_branch: `ralph/${name}`, repo_root: path });
    expect(records(second.stdout).at(-1)).toMatchObject({ outcome: 'completed', landed: ['RQ-0002', 'RQ-0003'] });
    expect(filesOn(repository, `ralph/${name}`)).toEqual(['RQ-0002.txt', 'RQ-0003.txt']);
    expect(filesOn(repository, 'main')).toEqual([]);
    expect(runGit(path, ['status', '--porcelain', '.', ':!.ralph'])).toBe('');
    expect(existsSync(join(path, 'RQ-0003.txt'))).toBe(true);
    expect(repository.git('status', '--porcelain', '--untracked-files=all', '.', ':!.ralph')).toBe(before);
    const status = await runProgram('ralph-state', ['status', '--format', 'json'], { cwd: path });
    expect(JSON.parse(status.stdout)).toMatchObject({ lifecycle_counts: { completed: 2, total: 2 } });
    const ours = await runProgram('ralph-orchestrate', ['status', '--format', 'json'], { cwd: repository.root });
    expect(JSON.parse(ours.stdout)).toMatchObject({ loops: [{ path, state: expect.stringMatching(/running|idle/) }] });
    expect(await loopsOf(repository)).toMatchObject([{ name, state: 'idle', path }]);

    repository.git('checkout', '-q', 'README.md');
    rmSync(hold);
    expect(await first.ended).toMatchObject({ status: 0 });
    const again = await runProgram('ralph-orchestrate', ['run', '--', stage.quick], { cwd: repository.root });
    expect(records(again.stdout).at(-1)).toMatchObject({ outcome: 'no_candidates', landed: [] });

    const home = /bring it home: (.*?) {2}#/.exec(second.stderr)?.[1] ?? '';
    expect(() => execFileSync('sh', ['-c', home], { env: testEnvironment(), stdio: 'ignore' })).toThrow(
      /status|failed/i,
    );
    // Both branches have moved tasks: the queue of the main worktree is kept, and the tasks of the other are moved in it.
    repository.git('checkout', '--ours', '--', '.ralph/queue.jsonc', '.ralph/done.jsonc');
    for (const id of ['RQ-0002', 'RQ-0003'])
      await runProgram('ralph-state', ['task', 'archive', id], { cwd: repository.root });
    repository.git('commit', '-q', '-a', '-m', 'home');
    expect(JSON.parse(repository.read('.ralph/queue.jsonc'))).toMatchObject({ tasks: [] });
    const removal = /then: (ralph-worker worktree remove .*)/.exec(second.stderr)?.[1] ?? '';
    const removed = await runProgram('ralph-worker', removal.split(' ').slice(1), { cwd: repository.folder });
    expect(records(removed.stdout)).toMatchObject([{ name, salvaged: [] }]);
    expect(await loopsOf(repository)).toEqual([]);
    expect(leftovers(repository)).toEqual([]);
  });

  it('runs given tasks, but not one that the first loop is working on, and takes the loop home by a merge', async () => {
    const stage = scene();
    const { repository, hold } = stage;
    repository.queue([queueTask('RQ-0001')]);
    const first = await firstLoop(stage);
    const second = await secondLoop(stage, ['--tasks', '-'], given('RQ-0001') + given('T-1'));
    expect(records(second.stdout).at(-1)).toMatchObject({ outcome: 'partial', landed: ['T-1'], blocked: ['RQ-0001'] });
    expect(records(second.stdout)).toContainEqual(
      expect.objectContaining({ type: 'task.skipped', code: 'claim_held' }),
    );
    rmSync(hold);
    expect(await first.ended).toMatchObject({ status: 0 });
    expect(filesOn(repository, 'main')).toEqual(['RQ-0001.txt']);
    repository.git('pull', '-q');
    const home = /bring it home: (.*?) {2}#/.exec(second.stderr)?.[1] ?? '';
    execFileSync('sh', ['-c', home], { env: testEnvironment(), stdio: 'ignore' });
    expect([existsSync(join(repository.root, 'T-1.txt')), existsSync(join(repository.root, 'RQ-0001.txt'))]).toEqual([
      true,
      true,
    ]);
  });

  it('works two second loops side by side, each with its lock, and none does what another has', async () => {
    const stage = scene();
    const { repository, hold, slow } = stage;
    commitQueue(repository, 'RQ-0001', 'RQ-0002', 'RQ-0003');
    const first = await firstLoop(stage);
    const args = ['run', '--on-busy', 'worktree', '--max-tasks', '1', '--', slow];
    const second = transcriptOf(startProgram('ralph-orchestrate', args, { cwd: repository.root }));
    await waitUntil('the second works', () => existsSync(join(repository.folder, 'started.RQ-0002')));
    const third = transcriptOf(startProgram('ralph-orchestrate', args, { cwd: repository.root }));
    await waitUntil('the third works', () => existsSync(join(repository.folder, 'started.RQ-0003')));
    expect(await loopsOf(repository)).toMatchObject([{ state: 'running' }, { state: 'running' }]);
    const reaped = await runProgram('ralph-worker', ['reap', '--all'], { cwd: repository.root });
    expect(records(reaped.stdout).filter(({ action }) => action !== 'kept')).toEqual([]);
    const busy = await runProgram(
      'ralph-worker',
      ['worktree', 'remove', String((await loopsOf(repository))[0]?.['name'])],
      {
        cwd: repository.root,
      },
    );
    expect({ status: busy.status, code: errorRecord(busy.stderr)['code'] }).toEqual({ status: 75, code: 'lock_held' });
    rmSync(hold);
    const ends = await Promise.all([first.ended, second, third]);
    expect(ends.map(({ stdout }) => records(stdout).at(-1)?.['landed'])).toEqual([
      ['RQ-0001'],
      ['RQ-0002'],
      ['RQ-0003'],
    ]);
    expect(leftovers(repository)).toEqual([]);
  });

  it('leaves nothing where there was nothing to do', async () => {
    const stage = scene();
    const { repository, hold } = stage;
    commitQueue(repository, 'RQ-0001');
    const first = await firstLoop(stage);
    const second = await secondLoop(stage);
    expect(records(second.stdout).at(-1)).toMatchObject({ outcome: 'no_candidates' });
    expect(second.stderr).toContain('it is removed again');
    expect(await loopsOf(repository)).toEqual([]);
    expect(repository.git('for-each-ref', 'refs/heads/ralph/')).toBe('');
    rmSync(hold);
    expect(await first.ended).toMatchObject({ status: 0 });
  });

  it('makes no worktree when the first loop ends within the wait, and sees the queue as it is then', async () => {
    const stage = scene();
    const { repository, hold } = stage;
    commitQueue(repository, 'RQ-0001', 'RQ-0002');
    const first = await firstLoop(stage);
    const args = ['run', '--on-busy', 'worktree', '--wait', '60', '--', stage.quick];
    const child = startProgram('ralph-orchestrate', args, { cwd: repository.root });
    const waiting = transcriptOf(child);
    let said = '';
    child.stderr.on('data', (text: string) => (said += text));
    await waitUntil('it waits', () => said.includes('wait'));
    rmSync(hold);
    expect(await first.ended).toMatchObject({ status: 0 });
    expect(records((await waiting).stdout).at(-1)).toMatchObject({ landed: ['RQ-0002'] });
    expect(filesOn(repository, 'main')).toEqual(['RQ-0001.txt', 'RQ-0002.txt']);
    expect(existsSync(join(repository.root, '.worktrees'))).toBe(false);
  });

  it('is not nested: in the worktree of a second loop that runs it refuses', async () => {
    const stage = scene();
    const { repository } = stage;
    const [made] = records((await runProgram('ralph-worker', ['worktree', 'add'], { cwd: repository.root })).stdout);
    const path = String(made?.['path']);
    const holder = startProgram('ralph-lock', ['hold'], { cwd: path });
    await waitUntil('it runs', async () => (await loopsOf(repository))[0]?.['state'] === 'running');
    const { status, stderr } = await secondLoop(stage, ['--tasks', '-', '--wait', '1'], given('T-1'), path);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 75, code: 'lock_held' });
    expect(await loopsOf(repository)).toHaveLength(1);
    holder.stdin.end();
  });

  it('by kill -9: the second loop is taken up where it is, the first one is not touched', async () => {
    const stage = scene();
    const { repository, hold, slow } = stage;
    commitQueue(repository, 'RQ-0001', 'RQ-0002');
    const first = await firstLoop(stage);
    const second = startProgram('ralph-orchestrate', ['run', '--on-busy', 'worktree', '--', slow], {
      cwd: repository.root,
    });
    const secondEnd = transcriptOf(second);
    await waitUntil('its agent works', () => existsSync(join(repository.folder, 'started.RQ-0002')));
    second.kill('SIGKILL');
    await secondEnd;
    await waitUntil('its lock is free', async () => (await loopsOf(repository))[0]?.['state'] === 'idle');
    const [loop] = await loopsOf(repository);
    const path = String(loop?.['path']);
    await waitUntil('nothing of it lives', () => processesOf(path).length === 0);
    expect(recordsOnDisk(repository.root)).toMatchObject([{ task_id: 'RQ-0001', lifecycle: 'running' }]);
    const again = await runProgram('ralph-orchestrate', ['run', '--', stage.quick], { cwd: path });
    expect(records(again.stdout).at(-1)).toMatchObject({ landed: ['RQ-0002'] });
    expect(filesOn(repository, String(loop?.['branch']))).toEqual(['RQ-0002.txt']);
    rmSync(hold);
    expect(records((await first.ended).stdout).at(-1)).toMatchObject({ landed: ['RQ-0001'] });
    expect(leftovers(repository)).toEqual([]);
  });
});

describe('ralph-orchestrate run, busy', () => {
  it('--exclusive waits as --on-busy wait does', async () => {
    const stage = scene();
    const { repository, hold } = stage;
    commitQueue(repository, 'RQ-0001', 'RQ-0002');
    const first = await firstLoop(stage);
    const words = ['run', '--exclusive', '--', stage.quick];
    const child = startProgram('ralph-orchestrate', words, { cwd: repository.root });
    const waiting = transcriptOf(child);
    rmSync(hold);
    expect(await first.ended).toMatchObject({ status: 0 });
    expect(records((await waiting).stdout).at(-1)).toMatchObject({ landed: ['RQ-0002'] });
  });

  it('looks again once the lock is free at what another run was in the middle of', async () => {
    const stage = scene();
    const { repository, hold } = stage;
    commitQueue(repository, 'RQ-0001', 'RQ-0002');
    const first = await firstLoop(stage);
    // As of a move to done that has not reached what git knows.
    repository.write('.ralph/done.jsonc', '{"version":1,"tasks":[]}');
    const refused = await runProgram('ralph-orchestrate', ['run', '--', stage.quick], { cwd: repository.root });
    expect(errorRecord(refused.stderr)).toMatchObject({ code: 'lock_held' });
    const words = ['run', '--exclusive', '--', stage.quick];
    const child = startProgram('ralph-orchestrate', words, { cwd: repository.root });
    let told = '';
    child.stderr.on('data', (text: string) => (told += text));
    const waiting = transcriptOf(child);
    await waitUntil('it says so', () => told.includes('looked at again once the lock is free'));
    rmSync(join(repository.root, '.ralph/done.jsonc'));
    rmSync(hold);
    expect(await first.ended).toMatchObject({ status: 0 });
    expect(records((await waiting).stdout).at(-1)).toMatchObject({ landed: ['RQ-0002'] });
  });

  it.each([
    ['--exclusive', '--on-busy', 'worktree'],
    ['--exclusive', '--on-busy', 'fail'],
    ['--on-busy', 'worktree', '--target-branch', 'main'],
  ])('refuses %s %s %s', async (...words) => {
    const { root } = temporaryRepository();
    const { status, stderr } = await runProgram('ralph-orchestrate', ['run', ...words, '--', 'true'], { cwd: root });
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 64, code: 'usage' });
  });
});
