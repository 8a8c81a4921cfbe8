import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { builtProgram } from '../../packages/protocol/src/testing/run-built-program.ts';
import { scriptedCommand } from '../../packages/protocol/src/testing/scripted-agent.ts';
import { queueTask, temporaryRepository } from '../../packages/protocol/src/testing/temporary-repository.ts';
import { testEnvironment } from '../../packages/protocol/src/testing/test-environment.ts';
import { programs } from './all-programs.mjs';
import { callsIn, sectionsOf, tableCells } from './trouble-sections.mjs';

const page = readFileSync(new URL('../../docs/trouble.md', import.meta.url), 'utf8');
const next = callsIn([...tableCells(page), ...sectionsOf(page).map((section) => section.next)].join('\n'));

/** Takes its time, with an agent, a gate or the remote; that it can be typed is shown without it. */
const SLOW = /^ralph-orchestrate (?:run|doctor)\b|^ralph-integrate\b| (?:preflight|prepare|reap|prune|worktree)\b/;

/** A shell in a repository with a task that is blocked: it has a record, a log, kept commits and a workspace. */
function shellBesideBlockedTask() {
  const repo = temporaryRepository();
  repo.queue([queueTask('RQ-0001')]);
  scriptedCommand(repo.folder, 'claude', 'echo work > work.txt');
  scriptedCommand(repo.folder, 'make', 'true');
  scriptedCommand(repo.folder, 'gh', 'cat > /dev/null');
  const bin = dirname(scriptedCommand(repo.folder, 'npm', 'test "$1" = ci'));
  for (const name of programs.keys()) {
    scriptedCommand(repo.folder, name, `exec "${process.execPath}" "${builtProgram(name)}" "$@"`);
  }
  const options = { cwd: repo.root, env: testEnvironment(bin), encoding: 'utf8', input: '' };
  const type = (line) => spawnSync('sh', ['-c', line], options);
  expect(type("ralph-orchestrate run --no-resolver --ci 'npm test' -- claude -p")).toMatchObject({ status: 2 });
  return type;
}

it('the next commands of the page can be typed beside a task that is blocked', () => {
  const type = shellBesideBlockedTask();
  const calls = next.filter((call) => !SLOW.test(call));
  // A task that was asked for again, or has no record any more, is waited for until somebody has run it.
  const isLast = (call) => Number(/ (?:retry|remove) /.test(call));
  calls.sort((a, b) => isLast(a) - isLast(b));
  const ends = calls.map((call) => [call, type(call).status]);
  // 64: not understood, 70: a bug, 126 and 127: not there; all else is an answer.
  expect(ends.filter(([, status]) => [64, 70, 126, 127, null].includes(status))).toEqual([]);
  const answered = ends.filter(([, status]) => status === 0).map(([call]) => call);
  expect(answered.length).toBeGreaterThan((2 * calls.length) / 3);
});
