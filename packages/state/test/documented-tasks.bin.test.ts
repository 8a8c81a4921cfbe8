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
const examples = [...(/## EXAMPLES\n\n([\s\S]*?)\n\n##/.exec(page)?.[1] ?? '').matchAll(/^ {4}(.+)$/gm)]
  .map((match) => match[1] ?? '')
  .filter((line) => /^ralph-state (?:task|repair)/.test(line));

it.each(examples)('runs the example of its page: %s', (example) => {
  const { root, folder, queue, write } = temporaryRepository();
  queue([queueTask('RQ-0001')]);
  write('tasks.ndjson', '{"title":"one"}\n{"title":"two"}\n');
  const twins = [1, 2].map((attempt) => ({ task_id: 'RQ-0009', lifecycle: 'failed', attempt }));
  write(STATE, JSON.stringify({ schema_version: 3, workers: twins }));
  const program = `exec "${process.execPath}" "${builtProgram('ralph-state')}" "$@"`;
  const bin = dirname(scriptedCommand(folder, 'ralph-state', program));
  scriptedCommand(folder, 'jq', 'grep -o "RQ-[0-9]*"');
  const { status, stdout, stderr } = spawnSync('sh', ['-c', example], {
    cwd: root,
    env: testEnvironment(bin),
    encoding: 'utf8',
  });
  expect({ status, stderr, said: stdout.trim() !== '' }).toEqual({ status: 0, stderr: '', said: true });
});

it('finds the examples of its page', () => {
  expect(examples.length).toBeGreaterThan(4);
});
