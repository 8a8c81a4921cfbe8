import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readGateRecord } from '@ralph/protocol/process/gate-record';
import { identityOf, readProcStat } from '@ralph/protocol/process/process-identity';
import { livingProcesses, signalProcess } from '@ralph/protocol/process/process-list';
import { records, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { eventOf } from './finished-attempt.ts';
import { gateWords, judged, RUN, workOf } from './gate-run.ts';

const AGENTS = '.ralph/cache/parallel/agents';

/** A gate that only SIGKILL ends, with a child that has left its session and its environment. */
function stubborn(repo: TestRepository): { readonly command: string; readonly pids: () => Promise<number[]> } {
  const files = ['inner', 'outer'].map((name) => join(repo.folder, name));
  const deaf = (path: string) =>
    `trap "" INT TERM HUP; echo $$ >${path}.new; mv ${path}.new ${path}; while :; do sleep 0.2; done`;
  const [inner = '', outer = ''] = files;
  return {
    command: `test -e ${repo.folder}/green || { setsid sh -c '${deaf(inner)}' & ${deaf(outer)}; }`,
    pids: async () => {
      await waitUntil('the gate', () => files.every((path) => existsSync(path)));
      return files.map((path) => Number(readFileSync(path, 'utf8')));
    },
  };
}

/** Kills an integration in its gate, its watcher first; returns the processes of the gate, which live on. */
async function orphaned(
  repo: TestRepository,
  line: string,
  gate: ReturnType<typeof stubborn>,
  args: readonly string[] = ['--ci', gate.command],
): Promise<number[]> {
  const child = startProgram('ralph-integrate', [...RUN, ...args], { cwd: repo.root });
  child.stdin.write(`${line}\n`);
  const pids = await gate.pids();
  onTestFinished(() => pids.forEach((pid) => signalProcess(pid, 'SIGKILL')));
  const children = [...livingProcesses()].filter(({ stat }) => stat.parent === child.pid);
  const watcher = children.find(({ pid }) => isWatcher(pid));
  for (const pid of [watcher?.pid ?? 0, child.pid ?? 0]) signalProcess(pid, 'SIGKILL');
  await waitUntil('the end', () => child.signalCode !== null);
  expect(watcher).toBeDefined();
  expect(pids.every((pid) => identityOf(pid) !== undefined)).toBe(true);
  return pids;
}

function isWatcher(pid: number): boolean {
  return readProcStat(pid) !== undefined && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('orphan-watcher');
}

it('a gate is written down before it runs, outside of the workspace, and forgotten when it has ended', async () => {
  const repo = temporaryRepository();
  const attempt = workOf(repo);
  const end = await judged(repo, attempt, ['--ci', `cat ${repo.root}/${AGENTS}/T-1.gate; exit 1`]);
  const written = JSON.parse(String(eventOf(end, 'ci.failed')['tail'])) as { gates: unknown[] };
  const mark = expect.stringMatching(/^[0-9a-f]{16}\.[0-9a-f]{8}$/) as unknown;
  expect(written).toMatchObject({ task_id: 'T-1', workspace_path: attempt.workspace, gates: [{ attempt: 1, mark }] });
  expect(written.gates).toHaveLength(1);
  expect(readdirSync(join(repo.root, AGENTS))).toEqual([]);
});

it('a gate whose judge and watcher were killed is ended by ralph-worker reap, though its workspace is gone', async () => {
  const repo = temporaryRepository();
  const { line, workspace } = workOf(repo);
  const pids = await orphaned(repo, line, stubborn(repo));
  rmSync(workspace, { recursive: true });
  const { stdout } = await runProgram('ralph-worker', ['reap'], { cwd: repo.root });
  expect(records(stdout)[0]).toMatchObject({ task_id: 'T-1', action: 'ended', reason: 'who judged by it is gone' });
  expect(pids.filter((pid) => identityOf(pid) !== undefined)).toEqual([]);
  expect(readdirSync(join(repo.root, AGENTS))).toEqual([]);
});

it('a gate whose judge and watcher were killed is ended by the next ralph-integrate on the task', async () => {
  const repo = temporaryRepository();
  const attempt = workOf(repo);
  const gate = stubborn(repo);
  const pids = await orphaned(repo, attempt.line, gate);
  expect(readGateRecord(repo.root, 'T-1')?.gates).toHaveLength(1);
  repo.write('../green', '');
  const end = await judged(repo, attempt, ['--ci', gate.command]);
  expect(end.status).toBe(0);
  expect(gateWords(end)).toEqual(['started', 'passed']);
  expect(pids.filter((pid) => identityOf(pid) !== undefined)).toEqual([]);
});

it.each([
  ['a resolver', (command: string) => ['--ci', 'test -e mended', '--resolver', command]],
  ['the command of a pull request', (command: string) => ['--publish', 'pr', '--pr-command', command]],
])('%s whose maker and watcher were killed is ended by the next ralph-integrate on the task', async (_, args) => {
  const repo = temporaryRepository();
  const attempt = workOf(repo);
  const stray = stubborn(repo);
  const pids = await orphaned(repo, attempt.line, stray, args(stray.command));
  expect(readGateRecord(repo.root, 'T-1')?.gates).toHaveLength(1);
  const end = await judged(repo, attempt, []);
  expect(end.status).toBe(0);
  expect(pids.filter((pid) => identityOf(pid) !== undefined)).toEqual([]);
  expect(readdirSync(join(repo.root, AGENTS))).toEqual([]);
});
