import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_ORDINARY_USER, ordinaryUser } from '@ralph/protocol/testing/ordinary-user';
import { builtProgram, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

describe('work that git status does not show', () => {
  it('is kept: edits of files that are assumed unchanged or skipped', async () => {
    const repo = temporaryRepository({ a: 'a\n', b: 'b\n', c: 'c\n', 'd é "x"': 'd\n', 'gone/e': 'e\n' });
    const hide = `git update-index --assume-unchanged a c; git update-index --skip-worktree b c "d é \\"x\\"" gone/e
      for f in a b c "d é \\"x\\""; do echo edited >> "$f"; done; rm -r gone; exit 1`;
    const run = await runWorker(repo, taskLines('RQ-0001'), hide);
    const ref = 'refs/ralph/salvage/RQ-0001/1';
    expect(run.events('work.salvaged')).toMatchObject([{ ref }]);
    expect(['a', 'b', 'c', 'd é "x"'].map((name) => repo.git('show', `${ref}:${name}`))).toEqual([
      'a\nedited',
      'b\nedited',
      'c\nedited',
      'd\nedited',
    ]);
    expect(repo.git('show', `${ref}:gone/e`)).toBe('e');
  });

  const ordinary = ordinaryUser();
  // Root that cannot give its powers up reads everything.
  it.skipIf(ordinary === undefined)(
    `is kept: files and folders that nobody may read${ordinary === undefined ? ` (${NO_ORDINARY_USER})` : ''}`,
    async () => {
      const repo = temporaryRepository();
      await runProgram('ralph-worker', ['prepare', 'RQ-0001'], { cwd: repo.root });
      const hide = 'mkdir -p d/e; echo work > d/e/f; echo work > g; chmod 000 d/e/f d/e d g';
      execFileSync('sh', ['-ec', hide], { cwd: join(repo.workspaces, 'RQ-0001') });
      const command = [...(ordinary ?? []), process.execPath, builtProgram('ralph-worker'), 'remove', 'RQ-0001'];
      const [program = '', ...args] = command;
      const { stdout } = spawnSync(program, args, { cwd: repo.root, encoding: 'utf8' });
      const ref = 'refs/ralph/salvage/RQ-0001/1';
      expect(records(stdout)).toMatchObject([{ removed: true, salvaged: [{ ref }] }]);
      expect(['d/e/f', 'g'].map((name) => repo.git('show', `${ref}:${name}`))).toEqual(['work', 'work']);
      expect(readdirSync(repo.workspaces)).toEqual([]);
    },
  );

  it('is kept: files of repositories in repositories, however deep, whatever their names', async () => {
    const repo = temporaryRepository();
    const nest = `for i in 1 2 3 4 5 6 7 8; do d=$(printf 'n\\377'); mkdir "$d"; git init -q "$d"; cd "$d"
      echo work $i > w; git add w; git -c user.name=a -c user.email=a@a commit -q -m x; done; exit 1`;
    const run = await runWorker(repo, taskLines('RQ-0001'), nest);
    const ref = 'refs/ralph/salvage/RQ-0001/1';
    expect(run.events('work.salvaged')).toMatchObject([{ ref }]);
    const listed = execFileSync('git', ['ls-tree', '-r', '-z', '--name-only', ref], { cwd: repo.root }).toString(
      'latin1',
    );
    const names = listed.split('\0');
    const depths = [1, 2, 3, 4, 5, 6, 7, 8].map((depth) => `${'n\u00ff/'.repeat(depth)}w`);
    expect(names).toEqual(expect.arrayContaining(depths));
    expect(readdirSync(repo.workspaces).filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});
