import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { ProcessIdentity } from '@ralph/protocol/contract/state-file';
import { readGateRecord, writeGateRecord } from '@ralph/protocol/process/gate-record';
import { bootId, identityOf } from '@ralph/protocol/process/process-identity';
import { signalProcess } from '@ralph/protocol/process/process-list';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { isLiving } from './worker-run.ts';

const AGENTS = '.ralph/cache/parallel/agents';
const MARK = `${'0'.repeat(16)}.00000000`;

/** Starts a process with nothing of us about it, and returns who it is. */
function bare(): ProcessIdentity {
  const script = 'env -i PATH="$PATH" setsid sleep 300 >/dev/null 2>&1 & echo $!';
  const pid = Number(execFileSync('sh', ['-c', script], { cwd: '/', encoding: 'utf8' }));
  onTestFinished(() => signalProcess(pid, 'SIGKILL'));
  return identityOf(pid) ?? { pid, start_time: '', boot_id: '' };
}

/** Writes down gates of a process that is gone, or lives. */
function written(repo: TestRepository, gates: readonly ProcessIdentity[], owner?: ProcessIdentity): void {
  writeGateRecord(repo.root, {
    task_id: 'RQ-0001',
    workspace_path: join(repo.workspaces, 'RQ-0001'),
    owner: owner ?? { pid: process.pid, start_time: '1', boot_id: bootId() },
    gates: gates.map((gate) => ({ attempt: 2, ...gate, mark: MARK })),
  });
}

async function reap(repo: TestRepository): Promise<Record<string, unknown>[]> {
  return records((await runProgram('ralph-worker', ['reap'], { cwd: repo.root })).stdout);
}

it('has gates ended by reap whose judge is gone, and never leads to a stranger', async () => {
  const repo = temporaryRepository();
  const [gate, stranger, ofOldBoot] = [bare(), bare(), bare()];
  written(repo, [gate, { ...stranger, start_time: '1' }, { ...ofOldBoot, boot_id: 'another' }]);
  const what = `a gate of attempt 2, pid ${gate.pid}`;
  const reason = 'who judged by it is gone';
  expect(await reap(repo)).toEqual([{ task_id: 'RQ-0001', action: 'ended', what, reason }]);
  expect([gate, stranger, ofOldBoot].map(({ pid }) => isLiving(pid))).toEqual([false, true, true]);
  expect(readdirSync(join(repo.root, AGENTS))).toEqual([]);
});

it.each(['prepare', 'remove'])('has them ended by %s before anything else', async (word) => {
  const repo = temporaryRepository();
  const gate = bare();
  written(repo, [gate]);
  expect((await runProgram('ralph-worker', [word, 'RQ-0001'], { cwd: repo.root })).status).toBe(0);
  expect(isLiving(gate.pid)).toBe(false);
});

it('of somebody who lives is left alone', async () => {
  const repo = temporaryRepository();
  const gate = bare();
  written(repo, [gate], identityOf(process.pid));
  expect(await reap(repo)).toEqual([]);
  expect(isLiving(gate.pid)).toBe(true);
  expect(readGateRecord(repo.root, 'RQ-0001')?.gates).toHaveLength(1);
});

it('is swept without a word when it makes no sense, halves of it too', async () => {
  const repo = temporaryRepository();
  const folder = join(repo.root, AGENTS);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'RQ-0001.gate'), '{');
  writeFileSync(join(folder, `.RQ-0002.gate.1.${'0'.repeat(16)}.next`), '');
  expect(await reap(repo)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
