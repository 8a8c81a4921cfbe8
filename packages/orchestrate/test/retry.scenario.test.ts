import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { leftovers } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

it('M60: runs a blocked task of the queue again after ralph-state retry --fresh, and lands it; the earlier commits stay', async () => {
  const repository = temporaryRepository();
  const { root } = repository;
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  const agent = scriptedCommand(
    repository.folder,
    'agent',
    `test "$RALPH_TASK_ID" = RQ-0001 && test "$RALPH_ATTEMPT" = 1 && touch must-be-red
     echo "attempt $RALPH_ATTEMPT" > "$RALPH_TASK_ID.txt"`,
  );
  const run = () =>
    runProgram('ralph-orchestrate', ['run', '--ci', 'test ! -e must-be-red', '--', agent], { cwd: root });
  const state = (...args: string[]) => runProgram('ralph-state', args, { cwd: root });

  const first = await run();
  expect(records(first.stdout).at(-1)).toMatchObject({ landed: ['RQ-0002'], blocked: ['RQ-0001'] });
  const parked = repository.git('rev-parse', 'refs/ralph/attempts/RQ-0001/1');
  const [blocked] = records((await state('get', 'RQ-0001')).stdout);
  expect(blocked).toMatchObject({ lifecycle: 'blocked_push', target_branch: 'main', next_command: expect.any(String) });
  expect(records((await run()).stdout).at(-1)).toMatchObject({ outcome: 'blocked', landed: [] });

  expect(await state('retry', 'RQ-0001', '--fresh')).toMatchObject({ status: 0 });
  expect(existsSync(join(repository.workspaces, 'RQ-0001'))).toBe(true);
  const again = await run();
  expect(again.status).toBe(0);
  expect(records(again.stdout).at(-1)).toMatchObject({ outcome: 'completed', landed: ['RQ-0001'] });
  expect(repository.gitOrigin('show', 'main:RQ-0001.txt')).toBe('attempt 2');
  expect(repository.git('rev-parse', 'refs/ralph/attempts/RQ-0001/1')).toBe(parked);
  const landed = recordsOnDisk(root).find(({ task_id }) => task_id === 'RQ-0001');
  expect(landed).toMatchObject({ lifecycle: 'completed', attempt: 2 });
  expect(landed).not.toHaveProperty('retry_requested_at');
  expect(leftovers(repository)).toEqual([]);
});
