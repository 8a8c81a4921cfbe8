import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { finishedAttempt, foreignPush } from './finished-attempt.ts';

const RUN = ['run', '--backoff', '1', '--keep-workspaces'] as const;

/** Two attempts, the second of which lands on top of the first, which lands on top of a rival's push. */
function twoAttempts(repo: TestRepository, lone = false) {
  const first = finishedAttempt(repo, 'T-1', { lone, files: { 'a.txt': 'a\n' } });
  const second = finishedAttempt(repo, 'T-2', { lone, files: { 'b.txt': 'b\n' } });
  foreignPush(repo, 'rival.txt', 'rival\n');
  return { first, second, stdin: `${first.line}\n${second.line}\n` };
}

const landedFiles = (repo: TestRepository) => repo.gitOrigin('ls-tree', '--name-only', 'main').split('\n');
const ALL = ['README.md', 'a.txt', 'b.txt', 'rival.txt'];

describe('what is made of an attempt', () => {
  it('is whole in the main repository, also where its workspace has made the same before', async () => {
    const repo = temporaryRepository();
    const { first, stdin } = twoAttempts(repo);
    // The very tree that will be made stands in the workspace already, and there alone.
    first.git('fetch', '-q', 'origin');
    first.git('rebase', '-q', 'origin/main');
    const tree = first.git('rev-parse', 'HEAD^{tree}');
    first.git('reset', '-q', '--hard', first.head);
    const end = await runProgram('ralph-integrate', [...RUN, '--ci', 'git fsck --connectivity-only'], {
      cwd: repo.root,
      stdin,
    });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(landedFiles(repo)).toEqual(ALL);
    expect(repo.git('cat-file', '-t', tree)).toBe('tree');
    expect(repo.git('fsck', '--full', '--no-dangling')).toBe('');
  });

  it('is brought there from a workspace that borrows nothing', async () => {
    const repo = temporaryRepository();
    const { stdin } = twoAttempts(repo, true);
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(landedFiles(repo)).toEqual(ALL);
    expect(repo.git('fsck', '--full', '--no-dangling')).toBe('');
  });

  it('is looked at on its way there where the user has that done', async () => {
    const repo = temporaryRepository();
    repo.git('config', 'transfer.fsckObjects', 'true');
    const { first, stdin } = twoAttempts(repo);
    const before = new Set(foldersOfObjects(first.workspace));
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(landedFiles(repo)).toEqual(ALL);
    // Made in the workspace, it has come by a fetch.
    expect(foldersOfObjects(first.workspace).filter((folder) => !before.has(folder))).not.toEqual([]);
  });

  it('is written as those who share the main repository have settled it', async () => {
    const repo = temporaryRepository();
    repo.git('config', 'core.sharedRepository', 'group');
    const { stdin } = twoAttempts(repo);
    const before = new Set(foldersOfObjects(repo.root));
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin });
    expect(end).toMatchObject({ status: 0, stderr: '' });
    const made = foldersOfObjects(repo.root).filter((folder) => !before.has(folder));
    expect(made.length).toBeGreaterThan(0);
    expect(made.filter((folder) => (statSync(folder).mode & 0o020) === 0)).toEqual([]);
  });
});

function foldersOfObjects(root: string): string[] {
  const objects = join(root, '.git/objects');
  return readdirSync(objects).flatMap((name) => (/^[0-9a-f]{2}$/.test(name) ? [join(objects, name)] : []));
}

describe('a hook of the user', () => {
  it('that is set while a run goes on judges the next push', async () => {
    const repo = temporaryRepository();
    const [first, second] = [
      finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } }),
      finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } }),
    ];
    const run = startProgram('ralph-integrate', RUN, { cwd: repo.root });
    let told = '';
    run.stdout.on('data', (text: Buffer) => (told += text.toString()));
    const ended = transcriptOf(run);
    run.stdin.write(`${first.line}\n`);
    await waitUntil('the first to land', () => told.includes('task.completed'));
    const hooks = join(repo.folder, 'hooks-of-mine');
    mkdirSync(hooks);
    writeFileSync(join(hooks, 'pre-push'), '#!/bin/sh\necho not today >&2\nexit 1\n', { mode: 0o755 });
    repo.git('config', 'core.hooksPath', hooks);
    run.stdin.end(`${second.line}\n`);
    const end = await ended;
    expect(records(end.stdout).filter(({ type }) => type === 'task.blocked')).toMatchObject([
      { task_id: 'T-2', code: 'push_local' },
    ]);
    expect(landedFiles(repo)).toEqual(['README.md', 'a.txt']);
  });
});
