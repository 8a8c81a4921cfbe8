import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { program, requireMount, smallDisk } from './small-disk.ts';
import { runOf, taskLines } from './worker-run.ts';

/** Twice as large in a folder as git says, where lines end as below: more than a small disk has room for. */
const LARGE = '\n'.repeat(4_000_000);
const ENDINGS = '* text eol=crlf\n';

function addLarge(repo: TestRepository): void {
  writeFileSync(join(repo.root, '.gitattributes'), ENDINGS);
  writeFileSync(join(repo.root, 'large.txt'), LARGE);
  repo.git('add', '-A');
  repo.git('commit', '-q', '-m', 'large');
}

function addSubmodule(repo: TestRepository): void {
  const origin = join(repo.folder, 'library');
  mkdirSync(origin);
  runGit(origin, ['init', '-q', '-b', 'main']);
  writeFileSync(join(origin, '.gitattributes'), ENDINGS);
  writeFileSync(join(origin, 'large.txt'), LARGE);
  runGit(origin, ['add', '-A']);
  runGit(origin, ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', 'commit', '-q', '-m', 'large']);
  repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'library');
  repo.git('commit', '-q', '-m', 'library');
}

describe('a disk that is full when a workspace is made', () => {
  it.for([
    ['its files', addLarge],
    ['those of a submodule', addSubmodule],
  ] as const)('fails the task before an agent could take half of %s for its own work', async ([, add], context) => {
    requireMount(context);
    const repo = temporaryRepository();
    add(repo);
    repo.git('push', '-q', 'origin', 'HEAD:main');
    const root = join(repo.folder, 'small');
    const disk = await smallDisk(root, 5);
    const agent = scriptedCommand(repo.folder, 'agent', 'rm -f large.txt library/large.txt; echo work > work.txt');
    const args = ['run', '--workspace-root', root, '--min-free', '0', '--', agent];
    const run = await disk.run(program('ralph-worker', ...args), { cwd: repo.root, stdin: taskLines('T-1') });
    const { status, lines, events } = runOf(run.status, run.stdout, run.stderr);
    expect({ status, types: lines.map(({ type }) => type) }).toEqual({ status: 1, types: ['task.failed'] });
    expect(events('task.failed')).toMatchObject([
      { code: 'git_failed', reason: expect.stringContaining('unable to write file') },
    ]);
    expect(existsSync(join(root, 'T-1'))).toBe(false);
  });
});
