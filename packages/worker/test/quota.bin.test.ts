import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { runOf, runWorker, startWorker, taskLines } from './worker-run.ts';

const TURNED_AWAY = `
echo "$RALPH_TASK_ID" >> "$OUT/agents"
[ "$RALPH_TASK_ID" = RQ-0001 ] && echo 'usage limit reached, try again in 40 s' && exit 1
echo x > "$RALPH_TASK_ID.txt"`;

function begunIn(repo: TestRepository): string[] {
  const path = join(repo.folder, 'agents');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

describe('ralph-worker run, when an agent is turned away by a limit', () => {
  it('starts no other agent, says of each task when it may be tried, and ends with 5', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(repo, taskLines('RQ-0001', 'RQ-0002', 'RQ-0003'), TURNED_AWAY);
    expect(run.status).toBe(5);
    expect(begunIn(repo)).toEqual(['RQ-0001']);
    expect(run.events('task.failed')).toMatchObject([{ task_id: 'RQ-0001', code: 'rate_limited', retry_after: 40 }]);
    const skipped = run.events('task.skipped');
    expect(skipped).toMatchObject([
      { task_id: 'RQ-0002', code: 'rate_limited', retry_after: expect.any(Number) },
      { task_id: 'RQ-0003', code: 'rate_limited', retry_after: expect.any(Number) },
    ]);
    expect(skipped[0]?.['reason']).toContain('usage limit reached, try again in 40 s');
    expect(run.events('workspace.ready')).toHaveLength(1);
    expect(repo.git('for-each-ref', 'refs/ralph/base')).toBe('');
  });

  it('lets those run on that run already', async () => {
    const repo = temporaryRepository();
    // Neither goes on before both have begun, and the second not before the first was turned away.
    const agent = `
touch "$OUT/begun.$RALPH_TASK_ID"
while [ ! -e "$OUT/begun.RQ-0001" ] || [ ! -e "$OUT/begun.RQ-0002" ]; do sleep 0.05; done
[ "$RALPH_TASK_ID" = RQ-0001 ] || while ! [ -e "$OUT/told" ]; do sleep 0.05; done
${TURNED_AWAY}`;
    const child = startWorker(repo, agent, '--jobs', '2');
    let told = '';
    child.stdout.on('data', (text: Buffer) => (told += text.toString()));
    const ended = transcriptOf(child);
    child.stdin.end(taskLines('RQ-0001', 'RQ-0002', 'RQ-0003'));
    await waitUntil('the first is turned away', () => told.includes('"task.failed"'));
    writeFileSync(join(repo.folder, 'told'), '');
    const { status, stdout, stderr } = await ended;
    const run = runOf(status, stdout, stderr);
    expect(run.status).toBe(5);
    expect(begunIn(repo).toSorted()).toEqual(['RQ-0001', 'RQ-0002']);
    expect(run.events('agent.finished').find(({ task_id: id }) => id === 'RQ-0002')).toMatchObject({ commits: 1 });
    expect(run.events('task.skipped')).toMatchObject([{ task_id: 'RQ-0003' }]);
  });

  it('goes on when it is told that the limit is over', async () => {
    const repo = temporaryRepository();
    const child = startWorker(repo, TURNED_AWAY);
    let told = '';
    child.stdout.on('data', (text: Buffer) => (told += text.toString()));
    const ended = transcriptOf(child);
    child.stdin.write(taskLines('RQ-0001', 'RQ-0002'));
    await waitUntil('the second is held back', () => told.includes('"task.skipped"'));
    child.stdin.end(`{"type":"agents.resume"}\n${taskLines('RQ-0002')}`);
    const { status, stdout, stderr } = await ended;
    const run = runOf(status, stdout, stderr);
    expect(begunIn(repo)).toEqual(['RQ-0001', 'RQ-0002']);
    expect(run.events('agent.finished').at(-1)).toMatchObject({ task_id: 'RQ-0002', commits: 1 });
    expect(stdout).not.toContain('agents.resume');
  });

  it('gives the number of an attempt that has not begun to the next one, and takes none away that has work', async () => {
    const repo = temporaryRepository();
    const setup = `[ "$RALPH_TASK_ID" = RQ-0001 ] || { touch "$OUT/$RALPH_TASK_ID"; while ! [ -e "$OUT/go" ]; do sleep 0.05; done; }`;
    const child = startWorker(repo, TURNED_AWAY, '--jobs', '3', '--setup', setup);
    let told = '';
    child.stdout.on('data', (text: Buffer) => (told += text.toString()));
    const ended = transcriptOf(child);
    const refs = () => repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph/attempts');
    child.stdin.write(taskLines('RQ-0002', 'RQ-0003'));
    const isSetUp = (id: string) => existsSync(join(repo.folder, id));
    await waitUntil('their set-ups are at work', () => isSetUp('RQ-0002') && isSetUp('RQ-0003'));
    expect(refs().trim().split('\n')).toEqual(['refs/ralph/attempts/RQ-0002/1', 'refs/ralph/attempts/RQ-0003/1']);
    const work = repo.git('commit-tree', '-m', 'work', 'HEAD^{tree}').trim();
    repo.git('update-ref', 'refs/ralph/attempts/RQ-0003/1', work);
    child.stdin.write(taskLines('RQ-0001'));
    await waitUntil('the agent is turned away', () => told.includes('"task.failed"'));
    repo.write('../go', '');
    await waitUntil('the others are held back', () => told.split('"task.skipped"').length === 3);
    expect(refs().trim().split('\n')).toEqual(['refs/ralph/attempts/RQ-0001/1', 'refs/ralph/attempts/RQ-0003/1']);
    expect(repo.git('rev-parse', 'refs/ralph/attempts/RQ-0003/1').trim()).toBe(work);
    child.stdin.end(`{"type":"agents.resume"}\n${taskLines('RQ-0002', 'RQ-0003')}`);
    const { status, stdout, stderr } = await ended;
    const finished = runOf(status, stdout, stderr).events('agent.finished').slice(1);
    expect(finished.toSorted((one, other) => Number(one['attempt']) - Number(other['attempt']))).toMatchObject([
      { task_id: 'RQ-0002', attempt: 1, commits: 1 },
      { task_id: 'RQ-0003', attempt: 2, commits: 1 },
    ]);
  });
});
