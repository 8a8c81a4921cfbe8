import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { builtProgram, runProgram } from '@ralph/protocol/testing/run-built-program';
import { canSandbox, NO_SANDBOX } from '@ralph/protocol/testing/sandbox-here';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { runWorker, taskLines } from './worker-run.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/ralph-worker.md', import.meta.url)), 'utf8');
const examples = [...(/## EXAMPLES\n\n([\s\S]*?)\n\n##/.exec(page)?.[1] ?? '').matchAll(/^ {4}(.+)$/gm)].map(
  (match) => match[1] ?? '',
);

const isLocked = canSandbox();

it.for(examples)('runs the example of its page: %s', async (example, { skip }) => {
  // bubblewrap is a program of its own, and not every machine lets it make a sandbox.
  skip(!isLocked && example.includes('--sandbox bwrap'), NO_SANDBOX);
  const repo = temporaryRepository({ '.gitignore': 'config/\nnode_modules/\n', 'package-lock.json': '{}\n' });
  // Something to list, to show and to get back: an attempt that failed, its warm workspace, and one made by hand.
  await runWorker(repo, taskLines('RQ-0001'), 'echo edit > edit.txt; echo said; exit 1', '--setup', 'true');
  await runProgram('ralph-worker', ['prepare', 'RQ-0009', '--fresh'], { cwd: repo.root });
  repo.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  repo.write('config/local.json', '{}\n');
  repo.write('tasks.ndjson', taskLines('RQ-0003'));
  const agent = 'cat > prompt.txt; echo done';
  const bin = dirname(scriptedCommand(repo.folder, 'claude', agent));
  scriptedCommand(repo.folder, 'npm', 'mkdir -p node_modules; echo installed > node_modules/x');
  repo.write('my-agent', readFileSync(scriptedCommand(repo.folder, 'my-agent', agent), 'utf8'));
  for (const name of ['ralph-state', 'ralph-worker'] as const) {
    scriptedCommand(repo.folder, name, `exec "${process.execPath}" "${builtProgram(name)}" "$@"`);
  }
  const home = join(repo.folder, 'home');
  mkdirSync(join(home, '.claude'), { recursive: true });
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `chmod +x my-agent; ${example}`], {
    cwd: repo.root,
    env: { ...testEnvironment(bin), HOME: home },
    encoding: 'utf8',
  });
  expect({ status, stderr, said: stdout.trim() !== '' }).toEqual({ status: 0, stderr: '', said: true });
});

it('finds the examples of its page', () => {
  expect(examples.length).toBeGreaterThan(4);
});
