import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { leftovers } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

function run(repository: TestRepository, tasks: readonly object[], ...options: string[]) {
  const agent = scriptedCommand(
    repository.folder,
    'agent',
    `test -e must-be-red && exit 4
     test "$RALPH_TASK_TITLE" = red && touch must-be-red
     echo "$RALPH_TASK_ID" >> "$RALPH_TASK_TITLE.txt"`,
  );
  const stdin = tasks.map((task) => `${JSON.stringify(task)}\n`).join('');
  const args = ['run', '--tasks', '-', '--ci', 'test ! -e must-be-red', ...options, '--', agent];
  return runProgram('ralph-orchestrate', args, { cwd: repository.root, stdin });
}

describe('ralph-orchestrate run --tasks -', () => {
  it('works through tasks from stdin, each after those it depends on, and leaves the queue alone', async () => {
    const repository = temporaryRepository();
    repository.queue([{ id: 'Q-1', title: 'of the queue' }]);
    const before = repository.read('.ralph/queue.jsonc');
    const tasks = [
      { id: 'B', title: 'landed', depends_on: ['A'] },
      { id: 'A', title: 'landed' },
      { id: 'C', title: 'landed', depends_on: ['B'] },
    ];
    expect(await run(repository, tasks, '--workers', '3')).toMatchObject({ status: 0 });
    expect(repository.gitOrigin('show', 'main:landed.txt')).toBe('A\nB\nC');
    expect(repository.read('.ralph/queue.jsonc')).toBe(before);
    expect(leftovers(repository)).toEqual([]);
  });

  it('M32: starts no more tasks than --max-tasks', async () => {
    const repository = temporaryRepository();
    const tasks = [
      { id: 'A', title: 'a' },
      { id: 'B', title: 'b' },
      { id: 'C', title: 'c' },
    ];
    const { status, stdout } = await run(repository, tasks, '--max-tasks', '2', '--workers', '1');
    expect(status).toBe(0);
    expect(records(stdout).at(-1)).toMatchObject({ outcome: 'completed', landed: ['A', 'B'] });
  });

  it('M60: lands a blocked task from its kept commits once it is asked for, also while the run goes on', async () => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    const [runs, red, hold] = [join(folder, 'runs'), join(folder, 'red'), join(folder, 'hold')];
    writeFileSync(hold, '');
    const agent = scriptedCommand(
      folder,
      'agent',
      `echo "$RALPH_TASK_ID" >> '${runs}'
       test "$RALPH_TASK_ID" = C && while [ -e '${hold}' ]; do sleep 0.05; done
       echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"`,
    );
    const tasks = (...ids: string[]) => ids.map((id) => `${JSON.stringify({ id, title: id })}\n`).join('');
    const words = ['run', '--tasks', '-', '--ci', `test ! -e '${red}'`, '--no-resolver', '--', agent];
    const retry = (id: string) => runProgram('ralph-orchestrate', ['retry', id], { cwd: root });
    const isLanded = (id: string) =>
      recordsOnDisk(root).some(({ task_id, lifecycle }) => task_id === id && lifecycle === 'completed');
    writeFileSync(red, '');
    expect(await runProgram('ralph-orchestrate', words, { cwd: root, stdin: tasks('A', 'B') })).toMatchObject({
      status: 2,
    });
    rmSync(red);
    await retry('A');
    const again = startProgram('ralph-orchestrate', words, { cwd: root });
    again.stdin.end(tasks('A', 'B', 'C'));
    const ended = transcriptOf(again);
    await waitUntil('A has landed', () => isLanded('A'));
    expect(await retry('B')).toMatchObject({ status: 0, stdout: expect.stringContaining('"continues":true') });
    await waitUntil('B has landed', () => isLanded('B'));
    rmSync(hold);
    expect(await ended).toMatchObject({ status: 0 });
    expect(readFileSync(runs, 'utf8').trim().split('\n').toSorted()).toEqual(['A', 'B', 'C']);
    expect(leftovers(repository)).toEqual([]);
  });

  it('does not start a blocked task over until it is asked for again; its first commits stay under a ref', async () => {
    const repository = temporaryRepository();
    const task = [{ id: 'A', title: 'red' }];
    expect(await run(repository, task)).toMatchObject({ status: 2 });
    const first = repository.git('rev-parse', 'refs/ralph/attempts/A/1');
    const again = await run(repository, task);
    expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining('ralph-orchestrate retry A') });
    expect(records(again.stdout).at(-1)).toMatchObject({ outcome: 'blocked', counts: { blocked: 0, waiting: 1 } });
    await runProgram('ralph-orchestrate', ['retry', 'A', '--fresh'], { cwd: repository.root });
    expect(await run(repository, [{ id: 'A', title: 'green' }])).toMatchObject({ status: 0 });
    expect(recordsOnDisk(repository.root)).toMatchObject([{ lifecycle: 'completed', attempt: 2 }]);
    expect(repository.git('rev-parse', 'refs/ralph/attempts/A/1')).toBe(first);
    expect(leftovers(repository)).toEqual([]);
  });
});
