import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { isLiving, pidIn, runWorker, startWorker, STUBBORN, taskLines } from './worker-run.ts';

const EDIT = 'echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"';

describe('ralph-worker run', () => {
  it('needs a command', async () => {
    const { root } = temporaryRepository();
    expect((await runProgram('ralph-worker', ['run'], { cwd: root })).status).toBe(64);
  });

  it('does nothing, well, when there is nothing to do', async () => {
    expect(await runWorker(temporaryRepository(), '', EDIT)).toMatchObject({ status: 0, lines: [] });
  });

  it('refuses to start without an origin, and leaves nothing behind', async () => {
    const repo = temporaryRepository();
    repo.git('remote', 'remove', 'origin');
    const run = await runWorker(repo, taskLines('RQ-0001'), EDIT);
    expect(run.status).toBe(78);
    expect(errorRecord(run.stderr)).toMatchObject({ code: 'no_origin', hint: 'git remote add origin URL' });
    expect(repo.git('for-each-ref', 'refs/ralph')).toBe('');
  });

  it('names the log that could not be written, and a command to look at it that can be pasted', async () => {
    const repo = temporaryRepository();
    repo.write('.ralph/logs', 'in the way');
    const run = await runWorker(repo, taskLines('RQ-0001'), EDIT);
    expect(run.status).toBe(1);
    const folder = join(repo.root, '.ralph/logs/parallel');
    expect(run.events('task.failed')).toMatchObject([
      {
        code: 'agent_spawn_failed',
        reason: expect.stringContaining(`cannot write the log ${folder}/RQ-0001.1.log: E`),
        next_command: `ls -ld ${folder}  # may you write it?`,
      },
    ]);
    expect(run.events('agent.started')).toEqual([]);
  });

  it('tells an agent that met a limit from one that failed, and when it may be tried again', async () => {
    const agent = 'echo edit > a.txt; echo "API error: rate limit reached, try again in 40 s" >&2; exit 1';
    const run = await runWorker(temporaryRepository(), taskLines('RQ-0001'), agent);
    expect(run.status).toBe(5);
    expect(run.events('task.failed')).toMatchObject([
      { code: 'rate_limited', retry_after: 40, salvage_ref: 'refs/ralph/salvage/RQ-0001/1' },
    ]);
    const never = await runWorker(temporaryRepository(), taskLines('RQ-0001'), agent, '--rate-limit', '(?!)');
    expect(never.events('task.failed')).toMatchObject([{ code: 'agent_failed' }]);
  });

  it('refuses a pattern of limits that is none before it starts anything', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(repo, taskLines('RQ-0001'), EDIT, '--rate-limit', '(');
    expect({ status: run.status, lines: run.lines }).toEqual({ status: 64, lines: [] });
    expect(errorRecord(run.stderr)['message']).toContain('--rate-limit');
  });

  it('gives a command that can be pasted when a workspace cannot be made', async () => {
    const repo = temporaryRepository();
    mkdirSync(repo.workspaces, { recursive: true });
    writeFileSync(join(repo.workspaces, 'RQ-0001'), 'in the way');
    const [failed] = (await runWorker(repo, taskLines('RQ-0001'), EDIT)).events('task.failed');
    expect(failed?.['code']).toBe('workspace_root');
    expect(failed?.['next_command']).toMatch(
      new RegExp(`^ralph-worker preflight --repo ${repo.root} --target-branch main  # `),
    );
  });

  it('passes lines of others on, byte for byte', async () => {
    const repo = temporaryRepository();
    const foreign = [
      '{"type":"x.unknown",  "n":1.0}',
      '{"no":"type"}',
      '{"v":1,"type":"record.changed","at":"2026-01-01T00:00:00Z","task_id":"A","lifecycle":"failed","before":null,"revision":3,"record":{"task_id":"A"}}',
      '{"type":"push.rejected","v":1,"at":"2026-01-01T00:00:00Z","task_id":"A","attempt":1,"verdict":"race","message":"é"}',
    ];
    const command = scriptedCommand(repo.folder, 'agent', EDIT);
    const { status, stdout } = await runProgram('ralph-worker', ['run', '--', command], {
      cwd: repo.root,
      stdin: foreign.join('\n'),
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${foreign.join('\n')}\n` });
  });

  it('names a malformed line, does nothing of it, and finishes what runs', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      `${taskLines('RQ-0001')}\n{"id":"RQ-0002",\n${taskLines('RQ-0003')}`,
      EDIT,
      '--jobs',
      '4',
    );
    expect(run.status).toBe(65);
    expect(errorRecord(run.stderr)).toMatchObject({ code: 'bad_line', details: { line: 3 } });
    expect(run.events('agent.finished').map((event) => event['task_id'])).toEqual(['RQ-0001']);
  });

  it('refuses an order that misses its field', async () => {
    const run = await runWorker(temporaryRepository(), '{"type":"workspace.remove"}\n', EDIT);
    expect(run.status).toBe(65);
    expect(run.stderr).toContain('line 1 of stdin: workspace.remove: task_id');
  });

  it('ends its agents when nobody reads its stdout any more', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, STUBBORN, '--jobs', '2');
    worker.stdin.write(taskLines('RQ-0001'));
    const pid = await pidIn(repo, 'agent.pid');
    worker.stdout.destroy();
    worker.stdin.write('{"type":"x"}\n{"type":"x"}\n');
    await waitUntil('the end of the worker', () => worker.exitCode !== null);
    expect(worker.exitCode).toBe(141);
    expect(isLiving(pid)).toBe(false);
  });

  it('tells of an id that cannot name a folder, and goes on with the next task', async () => {
    const run = await runWorker(temporaryRepository(), `{"id":"../x","title":"bad"}\n${taskLines('RQ-0002')}`, EDIT);
    expect(run.status).toBe(2);
    expect(run.events('task.failed')).toMatchObject([{ task_id: '../x', attempt: 1, code: 'task_unsafe_id' }]);
    expect(run.events('agent.finished')).toMatchObject([{ task_id: 'RQ-0002' }]);
  });

  it('never puts a workspace in the place of a folder that is not its own', async () => {
    const repo = temporaryRepository();
    const root = join(repo.folder, 'mine');
    mkdirSync(join(root, 'RQ-0001'), { recursive: true });
    writeFileSync(join(root, 'RQ-0001/precious'), 'x');
    const run = await runWorker(repo, taskLines('RQ-0001'), EDIT, '--workspace-root', root);
    expect(run.status).toBe(1);
    expect(run.events('task.failed')).toMatchObject([{ code: 'workspace_root' }]);
    expect(readFileSync(join(root, 'RQ-0001/precious'), 'utf8')).toBe('x');
  });

  it('never tells the password of origin', async () => {
    const repo = temporaryRepository();
    const url = 'http://me:hunter2@127.0.0.1:1/a.git';
    for (const key of ['remote.origin.url', 'remote.origin.pushurl']) {
      repo.git('remote', 'remove', 'origin');
      repo.git('config', key, url);
      const run = await runWorker(repo, taskLines('RQ-0001'), EDIT);
      expect(run.events('task.failed')).toMatchObject([{ code: 'origin_unreachable' }]);
      expect(JSON.stringify(run)).not.toContain('hunter2');
    }
  });

  it('says when origin has no such branch and when origin cannot be reached', async () => {
    const repo = temporaryRepository();
    const missing = await runWorker(repo, taskLines('RQ-0001'), EDIT, '--target-branch', 'none');
    expect(missing.events('task.failed')).toMatchObject([{ attempt: 1, code: 'target_branch_missing' }]);
    repo.git('remote', 'set-url', 'origin', join(repo.folder, 'gone.git'));
    const gone = await runWorker(repo, taskLines('RQ-0001'), EDIT);
    expect(gone.events('task.failed')).toMatchObject([{ attempt: 2, code: 'origin_unreachable' }]);
  });
});
