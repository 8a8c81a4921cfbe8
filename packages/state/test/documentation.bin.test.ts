import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { builtProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { STATE } from './support/repository.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/ralph-state.md', import.meta.url)), 'utf8');
/** Those that wait for something are run by watch-examples. */
const examples = [...(/## EXAMPLES\n\n([\s\S]*?)\n\n##/.exec(page)?.[1] ?? '').matchAll(/^ {4}(.+)$/gm)]
  .map((match) => match[1] ?? '')
  .filter((example) => !/^ralph-state (?:watch|wait) /.test(example));

it.each(examples)('runs the example of its page: %s', (example) => {
  const { root, folder, queue, write } = temporaryRepository();
  queue([queueTask('RQ-0001')]);
  write('tasks.ndjson', '{"title":"one"}\n{"title":"two"}\n');
  write('.ralph/.queue.jsonc.7.00000000000000ff.next', 'what a killed writer left');
  const ended = { task_id: 'RQ-0001', lifecycle: 'failed', started_at: '2026-01-01T00:00:00Z' };
  write(STATE, JSON.stringify({ schema_version: 3, started_at: '', target_branch: 'main', workers: [ended] }));
  const bin = dirname(scriptedCommand(folder, 'jq', 'grep -c .'));
  scriptedCommand(folder, 'ralph-state', `exec "${process.execPath}" "${builtProgram('ralph-state')}" "$@"`);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', example], {
    cwd: root,
    env: testEnvironment(bin),
    encoding: 'utf8',
  });
  expect({ status, stderr, said: stdout.trim() !== '' }).toEqual({ status: 0, stderr: '', said: true });
});

it('finds the examples of its page', () => {
  expect(examples.length).toBeGreaterThan(5);
});
