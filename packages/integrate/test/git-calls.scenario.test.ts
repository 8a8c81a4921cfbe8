import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { finishedAttempt, types } from './finished-attempt.ts';

/** By who has begun them: us, or a git of ours. */
interface GitCounts {
  readonly ours: readonly string[];
  readonly all: number;
}

interface TraceLine {
  readonly event: string;
  readonly sid: string;
  readonly argv?: readonly string[];
}

function gitsIn(trace: string): GitCounts {
  const lines = readFileSync(trace, 'utf8').trimEnd().split('\n');
  const starts = lines.map((line) => JSON.parse(line) as TraceLine).filter(({ event }) => event === 'start');
  const ours = starts.filter(({ sid }) => !sid.includes('/')).map(({ argv = [] }) => commandIn(argv));
  return { ours, all: starts.length };
}

function commandIn(argv: readonly string[]): string {
  return argv.slice(1).find((word, index) => !word.startsWith('-') && argv[index] !== '-c') ?? '';
}

/** Lands so many tasks of a tracked queue in one run, and tells what git was started for. */
async function gitsForLanding(count: number, options: readonly string[] = []): Promise<GitCounts> {
  const ids = Array.from({ length: count }, (_, index) => `T-${index + 1}`);
  const repo = temporaryRepository({
    '.gitignore': '.ralph/cache/\n.ralph/logs/\n',
    '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks: ids.map((id) => queueTask(id)) }, null, 2),
    '.ralph/done.jsonc': JSON.stringify({ version: 1, tasks: [] }, null, 2),
  });
  const stdin = ids.map((id) => `${finishedAttempt(repo, id, { files: { [`${id}.txt`]: id } }).line}\n`).join('');
  const trace = join(repo.folder, 'trace');
  const run = ['run', '--keep-workspaces', '--landing', 'serial', ...options];
  const end = await runProgram('ralph-integrate', run, { cwd: repo.root, stdin, env: { GIT_TRACE2_EVENT: trace } });
  expect(end).toMatchObject({ status: 0, stderr: '' });
  expect(types(end).filter((type) => type === 'task.completed')).toHaveLength(count);
  const landed = records(end.stdout).findLast(({ type }) => type === 'task.completed');
  expect(repo.gitOrigin('rev-parse', 'main')).toBe(landed?.['commit']);
  expect(repo.git('rev-parse', 'HEAD')).toBe(landed?.['commit']);
  expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph/landed').split('\n')).toHaveLength(count);
  return gitsIn(trace);
}

const FEW = 1;
const MANY = 4;

/** What one more task takes in a run, without what the run itself takes. */
function perTask(few: GitCounts, many: GitCounts): { readonly ours: number; readonly all: number } {
  const more = MANY - FEW;
  return { ours: (many.ours.length - few.ours.length) / more, all: (many.all - few.all) / more };
}

describe('what git is started for', () => {
  it('a landed task takes sixteen gits of ours, the move to done and the checkout of the user among them', async () => {
    const [few, many] = [await gitsForLanding(FEW), await gitsForLanding(MANY)];
    const { ours, all } = perTask(few, many);
    expect(ours).toBeLessThanOrEqual(16);
    expect(all).toBeLessThanOrEqual(27);
  });

  it('with a gate it takes three more: what is judged kept by a ref, its tree, the files as they were', async () => {
    const gated = ['--ci', 'true'];
    const [few, many] = [await gitsForLanding(FEW, gated), await gitsForLanding(MANY, gated)];
    expect(perTask(few, many).ours).toBeLessThanOrEqual(19);
  });
});
