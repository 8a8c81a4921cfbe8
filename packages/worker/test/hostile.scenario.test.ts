import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import {
  ATTEMPT,
  besideHonest,
  flood,
  HONEST,
  HOSTILE,
  honestWork,
  leftProcesses,
  runHostile,
  SALVAGE,
  UNDISTURBED,
} from './hostile-run.ts';
import { runOf, runWorker, startWorker, taskLines } from './worker-run.ts';

const FOREVER = 'while :; do sleep 0.1; done';

describe('a hostile agent, beside an honest one,', () => {
  it('that ignores SIGINT is ended at its time limit with its children, and its edits are kept', async () => {
    const repo = temporaryRepository();
    const run = await runHostile(
      repo,
      `trap '' INT TERM HUP; echo half > half.txt
sh -c 'trap "" INT TERM HUP; ${FOREVER}' &
touch "$OUT/acted"; ${FOREVER}`,
      '--timeout',
      '2',
    );
    expect(run.status).toBe(2);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(run.events('task.failed')).toMatchObject([
      { task_id: HOSTILE, code: 'agent_timeout', salvage_ref: SALVAGE },
    ]);
    expect(repo.git('show', `${SALVAGE}:half.txt`)).toBe('half');
    expect(readdirSync(repo.workspaces)).toEqual([HONEST]);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it('that double-forks and setsids away has its daemons ended before its work is handed on', async () => {
    const repo = temporaryRepository();
    const run = await runHostile(
      repo,
      `( setsid sh -c '( setsid sh -c "trap \\"\\" INT TERM HUP; touch \\"$OUT/one\\"; while :; do sleep 0.1; done" & )' & )
( setsid env -i sh -c 'trap "" INT TERM HUP; touch "$0"; while :; do /bin/sleep 0.1; done' "$OUT/two" & )
until [ -e "$OUT/one" ] && [ -e "$OUT/two" ]; do sleep 0.05; done
echo done > done.txt; touch "$OUT/acted"`,
    );
    expect(run.status).toBe(0);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(repo.git('show', `${ATTEMPT}:done.txt`)).toBe('done');
    expect(readdirSync(repo.workspaces)).toEqual([HOSTILE, HONEST]);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it('that floods its output takes none of our memory', async () => {
    const repo = temporaryRepository();
    const { run, peak } = await flood(repo, 200_000_000);
    expect(peak).toBeLessThan(150);
    expect(run.status).toBe(0);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(repo.git('show', `${ATTEMPT}:done.txt`)).toBe('done');
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it('that prints nothing for ever is ended at its time limit, and leaves nothing', async () => {
    const repo = temporaryRepository();
    const run = await runHostile(repo, `touch "$OUT/acted"; ${FOREVER}`, '--timeout', '8');
    expect(run.status).toBe(2);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(run.events('task.failed')).toMatchObject([{ task_id: HOSTILE, code: 'agent_timeout' }]);
    expect(repo.git('for-each-ref', 'refs/ralph/salvage')).toBe('');
    expect(readdirSync(repo.workspaces)).toEqual([HONEST]);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it('that closes its stdin without reading a long prompt does its work', async () => {
    const repo = temporaryRepository();
    const long = JSON.stringify({ id: HOSTILE, title: 'Long', description: 'x'.repeat(500_000) });
    const agent = besideHonest('exec <&- >&- 2>&-; echo done > done.txt; touch "$OUT/acted"');
    const run = await runWorker(repo, `${long}\n${taskLines(HONEST)}`, agent, '--jobs', '2');
    expect(run.status).toBe(0);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(repo.git('show', `${ATTEMPT}:done.txt`)).toBe('done');
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it.each([
    ['KILL', 'SIGKILL'],
    ['TERM', 'SIGTERM'],
  ])('that kills its own process group with SIG%s takes nobody with it', async (name, signal) => {
    const repo = temporaryRepository();
    const run = await runHostile(
      repo,
      `sleep 60 & echo half > half.txt; touch "$OUT/acted"; kill -${name} 0; sleep 60`,
    );
    expect(run.status).toBe(2);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(run.events('agent.finished')).toContainEqual(
      expect.objectContaining({ task_id: HOSTILE, reason: 'exited', exit_code: null, signal }),
    );
    expect(run.events('task.failed')).toMatchObject([{ code: 'agent_signalled', salvage_ref: SALVAGE }]);
    expect(repo.git('show', `${SALVAGE}:half.txt`)).toBe('half');
    expect(readdirSync(repo.workspaces)).toEqual([HONEST]);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it('that deletes its workspace fails for it, and its place can be used again', async () => {
    const repo = temporaryRepository();
    const hostile = `git commit -q --allow-empty -m gone; cd /; rm -rf "$RALPH_WORKSPACE"; touch "$OUT/acted"`;
    const run = await runHostile(repo, hostile);
    expect(run.status).toBe(2);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(run.events('task.failed')).toMatchObject([{ task_id: HOSTILE, code: 'workspace_missing' }]);
    expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph/base')).toBe(`refs/ralph/base/${HONEST}`);
    expect(readdirSync(repo.workspaces)).toEqual([HONEST]);
    expect(existsSync(join(repo.root, `.ralph/cache/parallel/claims/${HOSTILE}.lock`))).toBe(false);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });
});

describe('eight stubborn agents', () => {
  it('are all gone after one stop, with their children, and all their work is kept', async () => {
    const repo = temporaryRepository();
    const ids = Array.from({ length: 8 }, (_, index) => `RQ-000${index + 1}`);
    const worker = startWorker(
      repo,
      `trap '' INT TERM HUP; echo "$RALPH_TASK_ID" > edit.txt
setsid sh -c 'trap "" INT TERM HUP; touch "$OUT/$RALPH_TASK_ID"; ${FOREVER}' &
${FOREVER}`,
      '--jobs',
      '8',
    );
    const ended = transcriptOf(worker);
    worker.stdin.write(taskLines(...ids));
    for (const id of ids) await waitUntil(id, () => existsSync(join(repo.folder, id)));
    worker.kill('SIGTERM');
    const { status, stdout } = await ended;
    expect(status).toBe(143);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    const codes = runOf(status, stdout, '').events('task.failed');
    expect(codes.map((event) => event['code'])).toEqual(ids.map(() => 'cancelled'));
    expect(ids.map((id) => repo.git('show', `refs/ralph/salvage/${id}/1:edit.txt`))).toEqual(ids);
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });
});
