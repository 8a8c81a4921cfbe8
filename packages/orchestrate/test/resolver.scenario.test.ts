import { expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';

/** Runs one task whose gate is red until somebody mends it, and returns what was said of remedies and the end. */
async function runOne(agent: string, ...args: readonly string[]) {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  const command = ['--', scriptedCommand(repository.folder, 'agent', agent)];
  const end = await runProgram('ralph-orchestrate', ['run', '--ci', 'test -e mended', ...args, ...command], {
    cwd: repository.root,
  });
  const told = records(end.stdout);
  return {
    status: end.status,
    results: told.filter(({ type }) => type === 'remediation.finished').map(({ result }) => result),
    last: told.at(-1),
  };
}

it('a red gate wakes the agent of the task again, and the work lands', async () => {
  const end = await runOne('if test -n "$RALPH_HANDOFF"; then touch mended; else touch work; fi');
  expect(end).toMatchObject({ status: 0, results: ['resolved'], last: { landed: ['RQ-0001'] } });
});

it('a resolver that is named is run as often as is said, and none where none is wanted', async () => {
  const named = await runOne('touch work', '--resolver', 'exit 5', '--resolver-attempts', '2');
  expect(named).toMatchObject({ status: 2, results: ['failed', 'failed'], last: { blocked: ['RQ-0001'] } });
  const none = await runOne('touch work', '--no-resolver');
  expect(none).toMatchObject({ status: 2, results: [], last: { blocked: ['RQ-0001'] } });
});

it('work that is asked for again is mended by the agent of the run, where nobody else is named', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue([queueTask('RQ-0001')]);
  const agent = (name: string, script: string) => ['--', scriptedCommand(folder, name, script)];
  const run = (...words: readonly string[]) =>
    runProgram('ralph-orchestrate', ['run', '--ci', 'test -e mended', ...words], { cwd: root });
  expect(await run('--no-resolver', ...agent('first', 'touch work'))).toMatchObject({ status: 2 });
  expect(await runProgram('ralph-orchestrate', ['retry', 'RQ-0001'], { cwd: root })).toMatchObject({ status: 0 });
  const end = await run(...agent('second', 'test -n "$RALPH_HANDOFF" && touch mended'));
  expect(end).toMatchObject({ status: 0 });
  expect(repository.gitOrigin('ls-tree', '--name-only', 'main').split('\n')).toEqual(['README.md', 'mended', 'work']);
});

it('a resolver that is both named and refused changes nothing', async () => {
  const repository = temporaryRepository();
  const args = ['run', '--resolver', 'true', '--no-resolver', '--', 'true'];
  const end = await runProgram('ralph-orchestrate', args, { cwd: repository.root });
  expect(end).toMatchObject({ status: 64, stdout: '' });
  expect(errorRecord(end.stderr)).toMatchObject({ code: 'usage' });
});
