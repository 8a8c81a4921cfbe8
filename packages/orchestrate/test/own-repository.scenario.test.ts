import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { queueTask, runGit, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { leftovers } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

const TASKS = 10;

/** Clones the repository that this file belongs to, with its history, and gives it a bare origin of its own. */
function cloneOfThisRepository(): TestRepository {
  const source = fileURLToPath(new URL('../../..', import.meta.url));
  const folder = temporaryFolder();
  const origin = join(folder, 'origin.git');
  const root = join(folder, 'repo');
  runGit(folder, ['-c', 'safe.directory=*', 'clone', '-q', '--bare', '--no-local', source, origin]);
  runGit(origin, ['update-ref', 'refs/heads/main', 'HEAD']);
  runGit(origin, ['symbolic-ref', 'HEAD', 'refs/heads/main']);
  runGit(folder, ['clone', '-q', origin, root]);
  runGit(root, ['config', 'user.name', 'Test']);
  runGit(root, ['config', 'user.email', 'test@example.invalid']);
  const queue = (tasks: readonly object[]) => {
    mkdirSync(join(root, '.ralph'), { recursive: true });
    writeFileSync(join(root, '.ralph/queue.jsonc'), JSON.stringify({ version: 1, tasks }));
  };
  const unused = () => {
    throw new Error('not used here');
  };
  return {
    folder,
    root,
    origin,
    workspaces: join(folder, '.workspaces', 'repo', 'parallel'),
    git: (...args) => runGit(root, args),
    gitOrigin: (...args) => runGit(origin, args),
    write: unused,
    read: unused,
    queue,
  };
}

it('lands ten tasks on a clone of this very repository and leaves nothing behind', { timeout: 300_000 }, async () => {
  const repository = cloneOfThisRepository();
  const { root, folder } = repository;
  const before = repository.gitOrigin('rev-parse', 'main');
  const files = repository
    .git('ls-files', '*.md', '*.ts', '*.mjs')
    .split('\n')
    .filter((path) => !path.includes(' '));
  expect(files.length).toBeGreaterThan(TASKS);
  const ids = Array.from({ length: TASKS }, (_, index) => `RQ-${String(index + 1).padStart(4, '0')}`);
  repository.queue(
    ids.map((id, index) => queueTask(id, { title: `Edit ${files[index]}`, description: `FILE ${files[index]}` })),
  );
  const agent = scriptedCommand(
    folder,
    'editing-agent',
    `file=$(sed -n 's/^FILE //p')
     test -f "$file" || exit 9
     printf '\\nEdited for %s.\\n' "$RALPH_TASK_ID" >> "$file"
     case $RALPH_TASK_ID in *[02468]) git commit -qam 'a message without the task' ;; esac`,
  );
  const gate = 'test -f package.json && git diff --exit-code HEAD';

  const { status, stdout, stderr } = await runProgram(
    'ralph-orchestrate',
    ['run', '--workers', '4', '--ci', gate, '--', agent],
    {
      cwd: root,
    },
  );

  expect({ status, stderr: stderr.includes('10 landed, 0 blocked, 0 failed') }).toEqual({ status: 0, stderr: true });
  expect(records(stdout).at(-1)).toMatchObject({ type: 'run.finished', outcome: 'completed', failed: [], blocked: [] });
  const landed = repository
    .gitOrigin('log', '--format=%H%x00%B%x01', `${before}..main`)
    .split('\x01')
    .filter((text) => text.trim() !== '');
  expect(landed).toHaveLength(TASKS);
  for (const id of ids) expect(landed.filter((text) => text.includes(id))).toHaveLength(1);
  for (const [index, id] of ids.entries()) {
    expect(repository.gitOrigin('show', `main:${files[index]}`)).toContain(`Edited for ${id}.`);
  }
  for (const folderOfGit of [repository.origin, root]) {
    expect(
      execFileSync('git', ['fsck', '--full', '--strict', '--no-dangling'], { cwd: folderOfGit, encoding: 'utf8' }),
    ).toBe('');
  }
  const pushed = recordsOnDisk(root);
  expect(pushed.map((record) => record.lifecycle)).toEqual(ids.map(() => 'completed'));
  for (const { pushed_commit: commit } of pushed)
    repository.gitOrigin('merge-base', '--is-ancestor', commit ?? '', 'main');
  expect(leftovers(repository)).toEqual([]);
});
