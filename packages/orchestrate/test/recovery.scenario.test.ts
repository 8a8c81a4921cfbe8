import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftHalf } from '@ralph/protocol/testing/left-half';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { CrashSite } from './support/crash-site.ts';
import { leftovers, processesOf } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

interface Told {
  readonly task_id: string;
  readonly action: string;
  readonly attempt?: number;
  readonly reason: string;
}

function toldBy(lines: readonly Record<string, unknown>[]): Told[] {
  return lines.map(({ task_id, action, attempt, reason }) => ({ task_id, action, attempt, reason }) as Told);
}

const recoveredIn = (stdout: string) => toldBy(records(stdout).filter(({ type }) => type === 'task.recovered'));

function lifecycles({ root }: TestRepository): Record<string, string> {
  return Object.fromEntries(recordsOnDisk(root).map(({ task_id, lifecycle }) => [task_id, lifecycle]));
}

/** An agent that says which tasks it was started for. */
function countedAgent(folder: string, body: string): { agent: string; runs: () => string[] } {
  const log = join(folder, 'agents');
  const agent = scriptedCommand(folder, 'agent', `echo "$RALPH_TASK_ID" >> '${log}'\n${body}`);
  return { agent, runs: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').toSorted() : []) };
}

describe('ralph-orchestrate run after a crash', () => {
  it('M25: judges each leftover by what is there, does what status told, and lands each task once', async () => {
    const repository = temporaryRepository();
    const { root, folder, workspaces } = repository;
    repository.queue(['UNTOLD', 'HALF', 'GONE', 'PUSHED', 'KILLED', 'LATE', 'OLD'].map((id) => queueTask(id)));
    const site = new CrashSite(repository);
    await site.finish(['UNTOLD', 'HALF', 'GONE', 'PUSHED', 'KILLED', 'LATE', 'OLD', 'OUT', 'DONE']);
    await site.record('HALF', 'GONE', 'PUSHED', 'LATE', 'OUT', 'DONE');
    await site.recordIntegration('HALF');
    await site.recordIntegration('LATE');
    site.removeWorkspace('GONE');
    const landed = await site.land('PUSHED', 'DONE');
    await site.apply(landed.filter(({ task_id: id }) => id === 'DONE'));
    site.killAgent('KILLED');
    site.block('LATE');
    site.retarget('OLD', 'release');
    const { agent, runs } = countedAgent(folder, 'echo second > "$RALPH_TASK_ID.txt"');

    const before = repository.git('for-each-ref');
    const status = await runProgram('ralph-orchestrate', ['status'], { cwd: root });
    expect(status).toMatchObject({ status: 0, stderr: '' });
    expect(repository.git('for-each-ref')).toBe(before);
    const [document = {}] = records(status.stdout);
    const run = await runProgram('ralph-orchestrate', ['run', '--workers', '2', '--', agent], { cwd: root });

    expect(run).toMatchObject({ status: 0 });
    const recovered = recoveredIn(run.stdout);
    const actions = Object.fromEntries(recovered.map(({ task_id, action }) => [task_id, action]));
    expect(actions).toEqual({
      UNTOLD: 'adopted',
      HALF: 'adopted',
      GONE: 'adopted',
      PUSHED: 'adopted',
      KILLED: 'requeued',
      OLD: 'requeued',
      LATE: 'kept',
      OUT: 'kept',
      DONE: 'cleared',
    });
    const byTask = (a: Told, b: Told) => a.task_id.localeCompare(b.task_id);
    expect(recovered.toSorted(byTask)).toEqual(
      toldBy(document['recovery'] as Record<string, unknown>[]).toSorted(byTask),
    );
    expect(runs()).toEqual(['KILLED', 'OLD']);
    const subjects = repository.gitOrigin('log', '--format=%s', 'main').split('\n');
    for (const id of ['UNTOLD', 'HALF', 'GONE', 'PUSHED', 'KILLED', 'OLD', 'DONE'])
      expect({ id, times: subjects.filter((subject) => subject.includes(`Task ${id}`)).length }).toEqual({
        id,
        times: 1,
      });
    expect(['UNTOLD', 'GONE', 'KILLED', 'OLD'].map((id) => repository.gitOrigin('show', `main:${id}.txt`))).toEqual([
      'first',
      'first',
      'second',
      'second',
    ]);
    expect(repository.git('show', 'refs/ralph/salvage/KILLED/1:edit.txt')).toBe('not committed');
    expect(lifecycles(repository)).toMatchObject({
      PUSHED: 'completed',
      GONE: 'completed',
      LATE: 'blocked_push',
      OUT: 'running',
    });
    expect(recordsOnDisk(root).find(({ task_id: id }) => id === 'LATE')).toMatchObject({ error_code: 'ci_failed' });
    expect(readdirSync(workspaces).toSorted()).toEqual(['LATE', 'OUT']);
    expect(leftovers(repository).toSorted()).toEqual([
      'ref refs/ralph/base/LATE',
      'ref refs/ralph/base/OUT',
      'workspace LATE',
      'workspace OUT',
    ]);
    expect(repository.git('fsck', '--no-dangling')).toBe('');
  });

  it('records what has landed, and so has left a queue that git carries, when nobody was there to do it', async () => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    repository.queue(['PUSHED', 'GONE'].map((id) => queueTask(id)));
    repository.git('add', '-f', '.ralph/queue.jsonc');
    repository.git('commit', '-q', '-m', 'queue');
    repository.git('push', '-q', 'origin', 'main');
    const site = new CrashSite(repository);
    await site.finish(['PUSHED', 'GONE']);
    await site.record('PUSHED', 'GONE');
    await site.land('PUSHED', 'GONE');
    site.removeWorkspace('GONE');
    repository.git('update-ref', '-d', 'refs/ralph/landed/PUSHED/1');
    expect(repository.read('.ralph/queue.jsonc')).not.toMatch(/PUSHED|GONE/);
    const { agent, runs } = countedAgent(folder, 'echo second > "$RALPH_TASK_ID.txt"');
    const run = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
    expect(run).toMatchObject({ status: 0 });
    expect(recoveredIn(run.stdout).map(({ task_id: id, action }) => [id, action])).toEqual(
      expect.arrayContaining([
        ['PUSHED', 'adopted'],
        ['GONE', 'adopted'],
      ]),
    );
    expect([runs(), lifecycles(repository)]).toEqual([[], { PUSHED: 'completed', GONE: 'completed' }]);
    const subjects = repository.gitOrigin('log', '--format=%s', 'main').split('\n');
    expect(subjects.filter((subject) => subject.includes('Task ')).toSorted()).toEqual([
      'GONE: Task GONE',
      'PUSHED: Task PUSHED',
    ]);
    expect(leftovers(repository)).toEqual([]);
  });

  it('lands what was finished without another agent when everything was killed in the middle of gates and agents', async () => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    repository.queue(['A', 'B', 'C'].map((id) => queueTask(id)));
    const [hold, gate] = [join(folder, 'hold'), join(folder, 'gate')];
    for (const path of [hold, gate]) writeFileSync(path, '');
    const { agent, runs } = countedAgent(
      folder,
      `echo "$RALPH_ATTEMPT" > "$RALPH_TASK_ID.txt"
       if [ "$RALPH_TASK_ID" = C ]; then while [ -e '${hold}' ]; do sleep 0.05; done; fi`,
    );
    const ci = `touch '${folder}/gated'; while [ -e '${gate}' ]; do sleep 0.05; done`;
    const args = ['run', '--workers', '3', '--ci', ci, '--', agent];
    const ended = transcriptOf(startProgram('ralph-orchestrate', args, { cwd: root }));
    await waitUntil('a gate runs', () => existsSync(join(folder, 'gated')));
    await waitUntil('two have finished, one is at work', () => {
      const text = existsSync(join(root, '.ralph/logs/parallel/events.ndjson'))
        ? readFileSync(join(root, '.ralph/logs/parallel/events.ndjson'), 'utf8')
        : '';
      return runs().length === 3 && text.split('"agent.finished"').length === 3;
    });
    // All at once, watchers and agents too; a second look finds what was being started.
    while (processesOf(folder).length > 0) for (const line of processesOf(folder)) kill(Number(/\d+/.exec(line)?.[0]));
    await ended;
    for (const path of [hold, gate]) rmSync(path);

    const again = await runProgram('ralph-orchestrate', args, { cwd: root });
    expect(again).toMatchObject({ status: 0 });
    const actions = Object.fromEntries(recoveredIn(again.stdout).map(({ task_id, action }) => [task_id, action]));
    expect(actions).toEqual({ A: 'adopted', B: 'adopted', C: 'requeued' });
    expect(runs()).toEqual(['A', 'B', 'C', 'C']);
    expect(records(again.stdout).at(-1)).toMatchObject({ outcome: 'completed', failed: [], blocked: [] });
    expect(['A', 'B', 'C'].map((id) => repository.gitOrigin('show', `main:${id}.txt`))).toEqual(['1', '1', '2']);
    expect(leftovers(repository)).toEqual([]);
    expect(repository.git('fsck', '--no-dangling')).toBe('');
  });

  it('waits for a worker that is just ending its agent after its orchestrator was killed', async () => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    repository.queue([queueTask('A')]);
    const { agent } = countedAgent(
      folder,
      `trap '' INT
       echo "$RALPH_ATTEMPT" > a.txt
       touch '${folder}/started'
       while [ "$RALPH_ATTEMPT" = 1 ]; do sleep 0.05; done`,
    );
    const first = startProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
    const ended = transcriptOf(first);
    await waitUntil('the agent runs', () => existsSync(join(folder, 'started')));
    // Whatever the machine does meanwhile, its end takes until the second run has seen it.
    const worker = Number(
      /\d+/.exec(processesOf(folder).find((line) => line.includes('ralph-worker.cjs run')) ?? '')?.[0],
    );
    process.kill(worker, 'SIGSTOP');
    first.kill('SIGKILL');
    await ended;
    const second = startProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
    const secondEnd = transcriptOf(second);
    let said = '';
    second.stderr.on('data', (text: string) => (said += text));
    await waitUntil('the second run waits', () => said.includes('an earlier run is just ending'));
    process.kill(worker, 'SIGCONT');
    const { status, stdout } = await secondEnd;
    expect(status).toBe(0);
    expect(recoveredIn(stdout)).toContainEqual(expect.objectContaining({ task_id: 'A', action: 'waited_for' }));
    expect(repository.git('show', 'refs/ralph/salvage/A/1:a.txt')).toBe('1');
    expect(repository.gitOrigin('show', 'main:a.txt')).toBe('2');
    expect(leftovers(repository)).toEqual([]);
  });

  it('keeps finished work of other tasks during a run of given ones, which takes up its own', async () => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    repository.queue([queueTask('QUEUED')]);
    const site = new CrashSite(repository);
    await site.finish(['QUEUED', 'GIVEN']);
    await site.record('QUEUED', 'GIVEN');
    rmSync(join(root, '.ralph/cache/parallel/state.json'));
    const { agent, runs } = countedAgent(folder, 'exit 1');
    const given = { cwd: root, stdin: `${JSON.stringify({ id: 'GIVEN', title: 'Task GIVEN' })}\n` };
    const first = await runProgram('ralph-orchestrate', ['run', '--tasks', '-', '--', agent], given);
    expect(first.status).toBe(0);
    expect(recoveredIn(first.stdout)).toMatchObject([
      { task_id: 'GIVEN', action: 'adopted' },
      { task_id: 'QUEUED', action: 'kept', reason: expect.stringContaining('a run over the queue lands it') },
    ]);
    const second = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
    expect(records(second.stdout).at(-1)).toMatchObject({ outcome: 'completed', landed: ['QUEUED'] });
    expect(runs()).toEqual([]);
    expect(leftovers(repository)).toEqual([]);
  });

  it('leaves alone what ralph-agent-loop may be at work on, and tells so', async () => {
    const repository = temporaryRepository();
    const { root, workspaces } = repository;
    repository.queue([queueTask('A')]);
    const path = join(workspaces, 'A');
    repository.write(
      '.ralph/cache/parallel/state.json',
      JSON.stringify({
        schema_version: 3,
        started_at: new Date().toISOString(),
        target_branch: 'main',
        workers: [
          {
            task_id: 'A',
            workspace_path: path,
            lifecycle: 'running',
            started_at: new Date().toISOString(),
            push_attempts: 0,
          },
        ],
      }),
    );
    repository.git('clone', '-q', root, path);
    writeFileSync(join(path, 'edit.txt'), 'of somebody else');
    const { status, stdout } = await runProgram('ralph-orchestrate', ['run', '--', 'true'], { cwd: root });
    expect(status).toBe(0);
    expect(recoveredIn(stdout)).toMatchObject([
      { task_id: 'A', action: 'kept', reason: expect.stringContaining('ralph-agent-loop') },
    ]);
    expect(readFileSync(join(path, 'edit.txt'), 'utf8')).toBe('of somebody else');
  });

  it('removes the halves of files that killed writers have left, wherever they stand', async () => {
    const repository = temporaryRepository();
    repository.queue([]);
    const halves = ['cache/parallel/ci-passes', 'cache/parallel/published', 'cache', 'logs/parallel'].map((folder) =>
      leftHalf(`.ralph/${folder}/file.json`),
    );
    for (const path of halves) repository.write(path, 'half');
    const { status } = await runProgram('ralph-orchestrate', ['run', '--', 'true'], { cwd: repository.root });
    const left = halves.filter((path) => existsSync(join(repository.root, path)));
    expect([status, left]).toEqual([0, []]);
  });
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
