import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtProgram, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { leftovers, processesOf } from './support/leftovers.ts';
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

/** The programs under names that a plain shell can have as functions. */
const SHELL_FUNCTIONS = PROGRAMS.map(
  (name) => `${name.replace('-', '_')}() { "${process.execPath}" "${builtProgram(name)}" "$@"; }`,
).join('\n');

const GATE = 'test ! -e RED';

/** What stays of a record when everything that differs from run to run is taken off. */
function essence(root: string): object[] {
  return recordsOnDisk(root)
    .map(({ task_id: id, lifecycle, error_code: code, attempt }) => ({ id, lifecycle, code, attempt }))
    .toSorted((a, b) => a.id.localeCompare(b.id));
}

it('works without the orchestrator and leaves the same state file', async () => {
  const piped = repositoryWithWork();
  const pipe = `${SHELL_FUNCTIONS}
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

it('tells the state file how everything ended when Ctrl-C reaches the whole pipe at once', async () => {
  const { repository } = repositoryWithWork();
  const { root, folder } = repository;
  const agent = scriptedCommand(folder, 'slow-agent', `touch "${folder}/started.$RALPH_TASK_ID"; exec sleep 1000`);
  const pipe = `${SHELL_FUNCTIONS}
    ralph_state task list --runnable | ralph_worker run --jobs 4 -- "$AGENT" | ralph_integrate run | ralph_state apply`;
  const shell = spawn('sh', ['-c', pipe], {
    cwd: root,
    env: { ...testEnvironment(), AGENT: agent },
    stdio: ['ignore', 'ignore', 'ignore'],
    detached: true,
  });
  const ids = ['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'];
  await waitUntil('all agents run', () => ids.every((id) => existsSync(join(folder, `started.${id}`))));
  process.kill(-(shell.pid ?? 0), 'SIGINT');
  await waitUntil('all of the pipe has ended', () => processesOf(folder).length === 0);
  expect(essence(root)).toEqual(ids.map((id) => ({ id, lifecycle: 'failed', code: 'cancelled', attempt: 1 })));
  expect(leftovers(repository)).toEqual([]);
});
