import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const ATTEMPT = 'refs/ralph/attempts/RQ-0001/1';

describe('work that is handed on', () => {
  it('counts when the agent has pushed it to a branch of its own', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      'git checkout -q -b side; echo x > x; git add x; git commit -q -m work; git push -q -u origin side',
    );
    expect(run.events('task.failed')).toEqual([]);
    expect(run.events('agent.finished')).toMatchObject([{ commits: 1, changed_files: 1 }]);
    expect(repo.git('show', `${ATTEMPT}:x`)).toBe('x');
  });

  it('has no secret in a folder whose name is not UTF-8', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      taskLines('RQ-0001', 'RQ-0002'),
      `rm .git/info/exclude; d=$(printf 'caf\\351'); mkdir "$d"; echo S > "$d/.env"; echo x > "$d/x"; [ $RALPH_TASK_ID = RQ-0001 ]`,
    );
    expect(run.events('agent.finished')[0]).toMatchObject({ commits: 1 });
    for (const ref of [ATTEMPT, 'refs/ralph/salvage/RQ-0002/1']) {
      const names = repo.git('ls-tree', '-r', '--name-only', ref);
      expect(names).toContain('/x');
      expect(names).not.toContain('.env');
    }
  });

  it('outlives its workspace in git-lfs, which keeps its objects in the user’s repository', async () => {
    const repo = temporaryRepository();
    const storage = async (id: string) => {
      await runProgram('ralph-worker', ['prepare', id], { cwd: repo.root });
      return runGit(join(repo.workspaces, id), ['config', '--default', 'unset', '--get', 'lfs.storage']);
    };
    expect(await storage('RQ-0001')).toBe('unset');
    repo.git('config', 'filter.lfs.clean', 'cat');
    expect(await storage('RQ-0002')).toBe(join(repo.root, '.git/lfs'));
    repo.git('config', 'lfs.storage', '../big');
    expect(await storage('RQ-0003')).toBe(join(repo.root, 'big'));
  });

  it('starts with a title that no environment could hold', async () => {
    const repo = temporaryRepository();
    const stdin = `${JSON.stringify({ id: 'RQ-0001', title: `\u001b[31mred\u0007 ${'é'.repeat(200_000)}` })}\n`;
    const run = await runWorker(repo, stdin, 'echo x > x');
    expect(run.events('task.failed')).toEqual([]);
    expect(repo.git('log', '-1', '--format=%s', ATTEMPT)).toMatch(/^RQ-0001: \[31mred {2}é/);
  });
});
