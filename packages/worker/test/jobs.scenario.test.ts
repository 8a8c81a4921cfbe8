import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { pidIn, runOf, runWorker, startWorker, taskLines } from './worker-run.ts';

describe('several tasks', () => {
  it('M33 run four at a time, all of them used and never more', async () => {
    const repo = temporaryRepository();
    const ids = ['1', '2', '3', '4', '5', '6', '7', '8'].map((number) => `RQ-000${number}`);
    const run = await runWorker(
      repo,
      taskLines(...ids),
      `echo + >> "$OUT/alive"; until [ "$(grep -c + "$OUT/alive")" -ge 4 ]; do sleep 0.05; done
for look in 1 2 3 4 5 6 7 8 9 10; do [ "$(grep -c + "$OUT/alive")" -gt 4 ] || sleep 0.05; done
echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"; echo - >> "$OUT/alive"`,
      '--jobs',
      '4',
    );
    expect(run.status).toBe(0);
    expect(
      run
        .events('agent.finished')
        .map((event) => event['task_id'])
        .toSorted((a, b) => String(a).localeCompare(String(b))),
    ).toEqual(ids);
    let alive = 0;
    const counts = readFileSync(join(repo.folder, 'alive'), 'utf8')
      .trim()
      .split('\n')
      .map((mark) => (alive += mark === '+' ? 1 : -1));
    expect(Math.max(...counts)).toBe(4);
  });

  it('end with 2 when some failed and some did not', async () => {
    const run = await runWorker(
      temporaryRepository(),
      taskLines('RQ-0001', 'RQ-0002'),
      '[ $RALPH_TASK_ID = RQ-0001 ] && echo x > x',
    );
    expect(run.status).toBe(2);
  });

  it('leave a task alone that another process works on', async () => {
    const repo = temporaryRepository();
    const first = startWorker(
      repo,
      'echo $$ > "$OUT/agent.pid"; until [ -e "$OUT/go" ]; do sleep 0.05; done; echo x > x',
    );
    const ended = transcriptOf(first);
    first.stdin.end(taskLines('RQ-0001'));
    await pidIn(repo, 'agent.pid');
    const second = await runProgram('ralph-worker', ['run', '--', 'sh', '-c', 'exit 9'], {
      cwd: repo.root,
      stdin: taskLines('RQ-0001'),
    });
    expect(second.status).toBe(1);
    expect(records(second.stdout)).toMatchObject([
      {
        type: 'task.skipped',
        task_id: 'RQ-0001',
        code: 'claim_held',
        reason: 'RQ-0001 is being worked on by another process',
        next_command: expect.stringMatching(/^fuser \S+RQ-0001\.lock  # /),
      },
    ]);
    writeFileSync(join(repo.folder, 'go'), '');
    const { status, stdout } = await ended;
    expect(status).toBe(0);
    expect(runOf(status, stdout, '').events('agent.finished')).toMatchObject([{ attempt: 1 }]);
  });

  it('have their workspaces removed on order, while the stream goes on', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, 'echo x > "$RALPH_TASK_ID"');
    let stdout = '';
    worker.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    worker.stdin.write(taskLines('RQ-0001'));
    await waitUntil('the first agent', () => stdout.includes('"agent.finished"'));
    worker.stdin.write('{"type":"workspace.remove","task_id":"RQ-0001","attempt":1}\n');
    await waitUntil('the removal', () => stdout.includes('"workspace.removed"'));
    expect(readdirSync(repo.workspaces)).toEqual([]);
    worker.stdin.end('{"type":"end"}\n');
    await waitUntil('the end', () => worker.exitCode !== null);
    expect(worker.exitCode).toBe(0);
    expect(stdout).not.toContain('workspace.remove"');
  });

  it('have their workspaces removed once whoever landed them has let go of them', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, 'echo x > "$RALPH_TASK_ID"');
    const ended = transcriptOf(worker);
    let told = '';
    worker.stdout.on('data', (text: Buffer) => (told += text.toString()));
    worker.stdin.write(taskLines('RQ-0001'));
    await waitUntil('the agent has ended', () => told.includes('"agent.finished"'));
    const claim = join(repo.root, '.ralph/cache/parallel/claims/RQ-0001.lock');
    await waitUntil('its claim is given back', () => !existsSync(claim));
    const holder = spawn('flock', [claim, 'sh', '-c', 'echo held; read -r _'], { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(holder.stdout, 'data');
    worker.stdin.end('{"type":"workspace.remove","task_id":"RQ-0001","attempt":1}\n{"type":"end"}\n');
    await waitUntil('the worker waits for the claim', () => /-> +FLOCK/.test(waitersOf(claim)));
    holder.stdin.end();
    const { status, stdout, stderr } = await ended;
    expect([status, stderr]).toEqual([0, '']);
    expect(runOf(status, stdout, stderr).events('workspace.removed')).toMatchObject([{ task_id: 'RQ-0001' }]);
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });
});

/** The lines of the kernel's table of locks that are about a file. */
function waitersOf(path: string): string {
  const { ino } = statSync(path);
  const lines = readFileSync('/proc/locks', 'utf8').split('\n');
  return lines.filter((line) => line.includes(`:${ino} `)).join('\n');
}
