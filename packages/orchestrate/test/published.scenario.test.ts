import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { recordsOnDisk } from './support/state.ts';

describe('a run that publishes its work for reviews', () => {
  it('is completed with nothing landed, opens one pull request for each task, and takes none of them up again', async () => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002', { depends_on: ['RQ-0001'] })]);
    const calls = join(folder, 'calls');
    const gh = scriptedCommand(folder, 'gh', `echo "$*" >>${calls}; echo https://forge.example/pull/7`);
    const agent = scriptedCommand(folder, 'agent', 'echo "$RALPH_ATTEMPT" > "$RALPH_TASK_ID.txt"');
    const env = { PATH: `${join(gh, '..')}:${process.env['PATH'] ?? ''}` };
    const command = 'gh pr create --head "$RALPH_BRANCH" --title "$RALPH_TITLE"';
    const run = () =>
      runProgram('ralph-orchestrate', ['run', '--publish', 'pr', '--pr-command', command, '--', agent], {
        cwd: root,
        env,
      });
    const start = repository.gitOrigin('rev-parse', 'main');

    const first = await run();
    expect(first.status).toBe(0);
    expect(records(first.stdout).at(-1)).toMatchObject({
      type: 'run.finished',
      outcome: 'completed',
      counts: { landed: 0, failed: 0, blocked: 0, waiting: 1, published: 1 },
      landed: [],
      blocked: [],
      published: ['RQ-0001'],
    });
    expect(first.stderr).toContain(
      'completed: 0 landed, 1 published, 0 blocked, 0 failed; waiting: 1 for another task',
    );
    expect(readFileSync(calls, 'utf8')).toBe('pr create --head ralph/RQ-0001 --title Task RQ-0001\n');
    expect(repository.gitOrigin('rev-parse', 'main')).toBe(start);
    expect(recordsOnDisk(root)).toMatchObject([
      { task_id: 'RQ-0001', lifecycle: 'blocked_push', error_code: 'published', attempt: 1 },
    ]);
    expect(existsSync(join(repository.workspaces, 'RQ-0001'))).toBe(true);

    expect(records((await run()).stdout).at(-1)).toMatchObject({ outcome: 'blocked', published: [] });
    await runProgram('ralph-state', ['retry', 'RQ-0001', '--fresh'], { cwd: root });
    expect(records((await run()).stdout).at(-1)).toMatchObject({ outcome: 'completed', published: ['RQ-0001'] });
    expect(repository.gitOrigin('show', 'ralph/RQ-0001:RQ-0001.txt')).toBe('2');

    repository.gitOrigin('update-ref', 'refs/heads/main', 'ralph/RQ-0001');
    const one = await runProgram('ralph-integrate', ['one', 'RQ-0001'], { cwd: root });
    await runProgram('ralph-state', ['apply'], { cwd: root, stdin: one.stdout });
    expect(recordsOnDisk(root)).toMatchObject([{ lifecycle: 'completed', attempt: 2 }]);
    expect(existsSync(join(repository.workspaces, 'RQ-0001'))).toBe(false);
  });

  it.each([
    [['--publish', 'pr'], /--publish pr needs --pr-command CMD/],
    [['--pr-command', 'true'], /--pr-command needs --publish pr/],
  ])('%s is a usage failure, before anything is started', async (args, words) => {
    const { root } = temporaryRepository();
    const end = await runProgram('ralph-orchestrate', ['run', ...args, '--', 'true'], { cwd: root });
    expect(end.status).toBe(64);
    expect(end.stderr).toMatch(words);
    expect(existsSync(join(root, '.ralph'))).toBe(false);
  });
});
