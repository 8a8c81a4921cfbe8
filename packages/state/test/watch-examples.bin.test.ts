import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { builtProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { agentStarted, stream, taskCompleted, taskFailed } from './support/events.ts';
import { ralphState } from './support/repository.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/ralph-state.md', import.meta.url)), 'utf8');
const examples = [...(/## EXAMPLES\n\n([\s\S]*?)\n\n##/.exec(page)?.[1] ?? '').matchAll(/^ {4}(.+)$/gm)]
  .map((match) => match[1] ?? '')
  .filter((example) => /^ralph-state (?:watch|wait) /.test(example));

async function runExample(example: string) {
  const { root, folder } = temporaryRepository();
  for (const task of ['RQ-0001', 'RQ-0002', 'RQ-0003']) {
    const end = task === 'RQ-0003' ? taskFailed : taskCompleted;
    await ralphState(root, ['apply'], stream(agentStarted({ task }), end({ task })));
  }
  const pid = join(folder, 'pid');
  const told = join(folder, 'told');
  const run = `echo $$ > ${pid}; exec "${process.execPath}" "${builtProgram('ralph-state')}" "$@"`;
  scriptedCommand(
    folder,
    'jq',
    `while read -r line; do case $line in *'"failed"'*) echo RQ-0003 | tee ${told};; esac; done`,
  );
  const bin = dirname(scriptedCommand(folder, 'ralph-state', run));
  const child = spawn('sh', ['-c', example], { cwd: root, env: testEnvironment(bin) });
  const ended = transcriptOf(child);
  if (example.includes(' watch ')) {
    await waitUntil('what it tells', () => existsSync(told));
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGTERM');
  }
  return ended;
}

it.each(examples)('runs the example of its page: %s', async (example) => {
  const { status, stdout, stderr } = await runExample(example);
  expect({ status, stderr, said: stdout.trim() !== '' }).toEqual({ status: 0, stderr: '', said: true });
});

it('finds the examples of its page', () => {
  expect(examples.length).toBeGreaterThan(2);
});
