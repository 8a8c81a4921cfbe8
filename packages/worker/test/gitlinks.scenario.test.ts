import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const IDENTITY = 'git -c user.name=T -c user.email=t@t';

/** A repository with a submodule `lib`, whose own origin is another bare repository. */
function withSubmodule(): TestRepository {
  const [repo, library] = [temporaryRepository(), temporaryRepository({ 'lib.txt': 'lib\n' })];
  repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.origin, 'lib');
  repo.git('commit', '-q', '-m', 'a submodule');
  repo.git('push', '-q');
  return repo;
}

const CHECK_OUT = 'git -c protocol.file.allow=always submodule --quiet update --init';

describe('a repository inside a workspace', () => {
  it('that no .gitmodules names fails the attempt, and its commits are not deleted', async () => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      `git init -q lib; echo n > lib/n; cd lib; git add -A; ${IDENTITY} commit -q -m inside; cd ..; git add -A 2>/dev/null; git commit -q -m outside`,
    );
    const [failed] = run.events('task.failed');
    expect(failed).toMatchObject({
      code: 'agent_failed',
      reason: expect.stringMatching(/repository of its own in lib,/),
    });
    expect(failed?.['reason']).toMatch(
      /the workspace is kept, since .*lib is a git repository of its own with commits/,
    );
    expect(run.events('workspace.removed')).toEqual([]);
    expect(readFileSync(join(repo.workspaces, 'RQ-0001/lib/n'), 'utf8')).toBe('n\n');
  });

  it('keeps its edits: the workspace is not removed, whoever asks', async () => {
    const repo = withSubmodule();
    const run = await runWorker(repo, taskLines('RQ-0001'), `${CHECK_OUT}; echo more >> lib/lib.txt`);
    expect(run.events('task.failed')).toMatchObject([
      { code: 'no_changes', reason: expect.stringContaining('lib is a git repository of its own with edits') },
    ]);
    const removal = await runProgram('ralph-worker', ['remove', 'RQ-0001'], { cwd: repo.root });
    expect(errorRecord(removal.stderr)).toMatchObject({ code: 'workspace_dirty' });
    await runProgram('ralph-worker', ['reap', '--all'], { cwd: repo.root });
    const again = await runWorker(repo, taskLines('RQ-0001'), 'echo x > x');
    expect(again.events('task.failed')).toMatchObject([{ code: 'workspace_dirty' }]);
    expect(readFileSync(join(repo.workspaces, 'RQ-0001/lib/lib.txt'), 'utf8')).toBe('lib\nmore\n');
  });

  it('at a commit that none of its remotes has fails the attempt', async () => {
    const repo = withSubmodule();
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      `${CHECK_OUT}; cd lib; ${IDENTITY} commit -q --allow-empty -m only-here; cd ..; echo x > x`,
    );
    expect(run.events('task.failed')).toMatchObject([
      { code: 'agent_failed', reason: expect.stringContaining('commits in the submodule lib') },
    ]);
    expect(runGit(join(repo.workspaces, 'RQ-0001/lib'), ['log', '-1', '--format=%s'])).toBe('only-here');
  });

  it('that is a submodule at a commit of its remote is finished work, and goes with the workspace', async () => {
    const repo = withSubmodule();
    const run = await runWorker(
      repo,
      taskLines('RQ-0001'),
      `${CHECK_OUT}; cd lib; ${IDENTITY} commit -q --allow-empty -m pushed; git push -q origin HEAD:main; cd ..; echo x > x`,
    );
    expect(run.events('task.failed')).toEqual([]);
    expect(run.events('agent.finished')).toMatchObject([{ commits: 1, changed_files: 2 }]);
    expect((await runProgram('ralph-worker', ['remove', 'RQ-0001'], { cwd: repo.root })).status).toBe(0);
    expect(existsSync(join(repo.workspaces, 'RQ-0001'))).toBe(false);
  });
});
