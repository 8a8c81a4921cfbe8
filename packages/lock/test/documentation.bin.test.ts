import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { builtProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';

const page = readFileSync(fileURLToPath(new URL('../../../docs/ralph-lock.md', import.meta.url)), 'utf8');
const examples = [...(/## EXAMPLES\n\n([\s\S]*?)\n\n##/.exec(page)?.[1] ?? '').matchAll(/^ {4}(.+)$/gm)].map(
  (match) => match[1] ?? '',
);

it.each(examples)('runs the example of its page: %s', (example) => {
  const { root, folder } = temporaryRepository();
  scriptedCommand(root, '../loop.sh', 'echo looped');
  const bin = dirname(scriptedCommand(folder, 'make', 'echo made "$1"'));
  scriptedCommand(folder, 'jq', 'grep -o "\\"locked\\":[a-z]*"');
  scriptedCommand(folder, 'ralph-lock', `exec "${process.execPath}" "${builtProgram('ralph-lock')}" "$@"`);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', example], {
    cwd: root,
    env: testEnvironment(bin),
    encoding: 'utf8',
  });
  expect({ status, stderr, said: stdout.trim() !== '' }).toEqual({ status: 0, stderr: '', said: true });
});

it('finds the examples of its page', () => {
  expect(examples.length).toBeGreaterThan(3);
});
