import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { queueTask, runGit, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { finishedAttempt } from './finished-attempt.ts';
import { servedRepository, subjects, untruths, type Kind } from './servers/served-repository.ts';

const TASKS = ['T-1', 'T-2', 'T-3', 'T-4'] as const;

const FILES = {
  '.gitignore': '.ralph/cache/\n.ralph/logs/\n',
  '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks: TASKS.map((id) => queueTask(id)) }),
  '.ralph/done.jsonc': JSON.stringify({ version: 1, tasks: [] }),
};

/** Another clone of the same origin, as another machine has it. */
function anotherMachine(repo: TestRepository, url: string): TestRepository {
  const folder = join(repo.folder, 'other');
  const root = join(folder, 'repo');
  runGit(repo.folder, ['clone', '-q', repo.origin, root]);
  const git = (...args: readonly string[]) => runGit(root, args);
  git('config', 'user.name', 'Other');
  git('config', 'user.email', 'other@example.invalid');
  git('remote', 'set-url', 'origin', url);
  return { ...repo, folder, root, git, workspaces: join(folder, '.workspaces/repo/parallel') };
}

function workOf(repo: TestRepository, ids: readonly string[]): string {
  return ids.map((id) => `${finishedAttempt(repo, id, { files: { [`${id}.txt`]: `${id}\n` } }).line}\n`).join('');
}

function lands(repo: TestRepository, stdin: string): Promise<Transcript> {
  const args = ['run', '--keep-workspaces', '--backoff', '20,50', '--ci', 'test -f README.md || test -f .gitignore'];
  return runProgram('ralph-integrate', args, { cwd: repo.root, stdin });
}

function idsIn(repo: TestRepository, path: string): string[] {
  const { tasks } = JSON.parse(repo.gitOrigin('show', `main:${path}`)) as { tasks: { id: string }[] };
  return tasks.map(({ id }) => id).toSorted();
}

/** Returns what does not hold when every task has landed exactly once, with the books kept. */
function wrongWith(repo: TestRepository, ends: readonly Transcript[]): unknown[] {
  const told = ends.flatMap(({ stdout }) => records(stdout)).filter(({ type }) => type === 'task.completed');
  const landed = subjects(repo);
  const files = new Set(repo.gitOrigin('ls-tree', '--name-only', 'main').split('\n'));
  return [
    ...ends.flatMap(({ status, stderr }) => (status === 0 ? [] : [`status ${status}: ${stderr}`])),
    ...ends.flatMap((end) => untruths(repo, end)),
    ...TASKS.flatMap((id) => [
      ...(told.filter(({ task_id }) => task_id === id).length === 1 ? [] : [`${id} is not told once`]),
      ...(landed.filter((subject) => subject === `${id}: work`).length === 1 ? [] : [`${id} has not landed once`]),
      ...(landed.filter((subject) => subject === `${id}: move to done`).length === 1 ? [] : [`${id} not moved once`]),
      ...(files.has(`${id}.txt`) ? [] : [`${id}.txt is missing`]),
    ]),
  ];
}

describe.each(['file', 'http'] as const satisfies readonly Kind[])('M45: several at the same time, over %s', (kind) => {
  it('two machines land different tasks, all of them exactly once', async () => {
    const { repo, server } = await servedRepository(kind, FILES);
    const other = anotherMachine(repo, server.url());
    const [mine, theirs] = [workOf(repo, TASKS.slice(0, 2)), workOf(other, TASKS.slice(2))];
    const ends = await Promise.all([lands(repo, mine), lands(other, theirs)]);
    expect(wrongWith(repo, ends)).toEqual([]);
    expect([idsIn(repo, '.ralph/queue.jsonc'), idsIn(repo, '.ralph/done.jsonc')]).toEqual([[], [...TASKS]]);
  });

  it('two processes on one clone land different tasks, all of them exactly once', async () => {
    const { repo } = await servedRepository(kind, FILES);
    const [some, rest] = [workOf(repo, TASKS.slice(0, 2)), workOf(repo, TASKS.slice(2))];
    const ends = await Promise.all([lands(repo, some), lands(repo, rest)]);
    expect(wrongWith(repo, ends)).toEqual([]);
    expect([idsIn(repo, '.ralph/queue.jsonc'), idsIn(repo, '.ralph/done.jsonc')]).toEqual([[], [...TASKS]]);
  });
});
