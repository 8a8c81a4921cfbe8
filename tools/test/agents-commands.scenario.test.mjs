import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { builtProgram } from '../../packages/protocol/src/testing/run-built-program.ts';
import { canSandbox } from '../../packages/protocol/src/testing/sandbox-here.ts';
import { scriptedCommand } from '../../packages/protocol/src/testing/scripted-agent.ts';
import { queueTask, temporaryRepository } from '../../packages/protocol/src/testing/temporary-repository.ts';
import { testEnvironment } from '../../packages/protocol/src/testing/test-environment.ts';
import { programs } from './all-programs.mjs';

const page = readFileSync(new URL('../../docs/agents.md', import.meta.url), 'utf8');
const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text]) => text.trim().split('\n'));
const settings = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text);

const CLAUDE = `case "$*" in --version) echo '2.1.197 (Claude Code)' ;; *) cat >/dev/null; echo "$RALPH_TASK_ID" >>work.txt ;; esac`;

/** A shell in a repository with one task, for a user who has Claude Code, and tests that pass. */
function shell() {
  const repo = temporaryRepository();
  repo.write('package.json', '{ "private": true, "scripts": { "test": "test -e work.txt" } }');
  repo.git('add', 'package.json');
  repo.git('commit', '-q', '-m', 'tests');
  repo.git('push', '-q');
  repo.queue([queueTask('RQ-0001')]);
  const home = join(repo.folder, 'home');
  mkdirSync(join(home, '.claude'), { recursive: true });
  const bin = dirname(scriptedCommand(repo.folder, 'claude', CLAUDE));
  for (const name of programs.keys()) {
    scriptedCommand(repo.folder, name, `exec "${process.execPath}" "${builtProgram(name)}" "$@"`);
  }
  const options = { cwd: repo.root, env: { ...testEnvironment(bin), HOME: home }, encoding: 'utf8', input: '' };
  const type = (line) => spawnSync('sh', ['-c', line], options);
  return { repo, type };
}

// Without bubblewrap, or where user namespaces are forbidden, there is no sandbox.
const runnable = commands.filter((line) => !line.includes('--sandbox') || canSandbox());

it.each(runnable)('can be typed: %s', (line) => {
  const { repo, type } = shell();
  expect(type(line)).toMatchObject({ status: 0 });
  const landed = repo.gitOrigin('ls-tree', '--name-only', 'main').includes('work.txt');
  expect(landed).toBe(line.includes(' run '));
});

it.each(settings)('are settings: %s', (text) => {
  const { repo, type } = shell();
  repo.write('.ralph/config.jsonc', text);
  const { status, stdout } = type('ralph-orchestrate config --format json');
  const runner = JSON.parse(text).agent.runner;
  expect({ status, told: stdout.includes(`"${runner}"`) }).toEqual({ status: 0, told: true });
});
