import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { builtProgram, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { leftovers } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

const PROGRAMS = ['ralph-state', 'ralph-worker', 'ralph-integrate'] as const;

function repositoryWithWork(): { repository: TestRepository; agent: string } {
  const repository = temporaryRepository({ 'README.md': '# test\n', 'shared.txt': 'first\n' });
  repository.queue([
    queueTask('RQ-0001'),
    queueTask('RQ-0002'),
    queueTask('RQ-0003', { title: 'fail' }),
    queueTask('RQ-0004', { title: 'red' }),
  ]);
  const agent = scriptedCommand(
    repository.folder,
    'agent',
    `test "$RALPH_TASK_TITLE" = fail && { echo no luck; exit 3; }
     test "$RALPH_TASK_TITLE" = red && touch RED
     echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"`,
  );
  return { repository, agent };
}

const GATE = 'test ! -e RED';

/** What stays of a record when everything that differs from run to run is taken off. */
function essence(root: string): object[] {
  return recordsOnDisk(root)
    .map(({ task_id: id, lifecycle, error_code: code, attempt }) => ({ id, lifecycle, code, attempt }))
    .toSorted((a, b) => a.id.localeCompare(b.id));
}

it('works without the orchestrator and leaves the same state file', async () => {
  const piped = repositoryWithWork();
  const run = PROGRAMS.map(
    (name) => `${name.replace('-', '_')}() { "${process.execPath}" "${builtProgram(name)}" "$@"; }`,
  ).join('\n');
  const pipe = `${run}
    ralph_state task list --runnable | ralph_worker run --jobs 4 -- "$AGENT" | ralph_integrate run --ci "$GATE" | ralph_state apply`;
  const { status, stderr } = spawnSync('sh', ['-c', pipe], {
    cwd: piped.repository.root,
    env: { ...testEnvironment(), AGENT: piped.agent, GATE },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });

  const orchestrated = repositoryWithWork();
  const args = ['run', '--workers', '4', '--ci', GATE, '--', orchestrated.agent];
  expect(await runProgram('ralph-orchestrate', args, { cwd: orchestrated.repository.root })).toMatchObject({
    status: 2,
  });

  expect(essence(piped.repository.root)).toEqual([
    { id: 'RQ-0001', lifecycle: 'completed', code: undefined, attempt: 1 },
    { id: 'RQ-0002', lifecycle: 'completed', code: undefined, attempt: 1 },
    { id: 'RQ-0003', lifecycle: 'failed', code: 'agent_failed', attempt: 1 },
    { id: 'RQ-0004', lifecycle: 'blocked_push', code: 'ci_failed', attempt: 1 },
  ]);
  expect(essence(orchestrated.repository.root)).toEqual(essence(piped.repository.root));
  for (const { repository } of [piped, orchestrated]) {
    expect(repository.gitOrigin('ls-tree', '--name-only', 'main').split('\n')).toEqual([
      'README.md',
      'RQ-0001.txt',
      'RQ-0002.txt',
      'shared.txt',
    ]);
    const queue = JSON.parse(repository.read('.ralph/queue.jsonc')) as { tasks: { id: string }[] };
    expect(queue.tasks.map((task) => task.id)).toEqual(['RQ-0003', 'RQ-0004']);
    expect(leftovers(repository)).toEqual(['workspace RQ-0004', 'ref refs/ralph/base/RQ-0004']);
  }
});
