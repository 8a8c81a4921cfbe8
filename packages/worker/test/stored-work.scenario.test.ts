import { readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runWorker, taskLines } from './worker-run.ts';

const ATTEMPT = 'refs/ralph/attempts/RQ-0001/1';

/** Runs one task, takes its workspace away by force, and returns the files of the commit that is kept of it. */
async function keptFiles(repo: TestRepository, agent: string): Promise<{ files: string[]; own: string[] }> {
  const run = await runWorker(repo, taskLines('RQ-0001'), agent);
  const workspace = String(run.events('agent.finished')[0]?.['workspace_path']);
  const own = readdirSync(`${workspace}/.git/objects`).filter((name) => name !== 'info' && name !== 'pack');
  rmSync(workspace, { recursive: true });
  runGit(repo.root, ['fsck', '--connectivity-only', '--no-dangling', ATTEMPT]);
  return { files: runGit(repo.root, ['ls-tree', '-r', '--name-only', ATTEMPT]).split('\n').filter(Boolean), own };
}

describe('the work of an attempt is whole in the repository of the user', () => {
  it('at once, where the agent left edits alone', async () => {
    const repo = temporaryRepository();
    const { files, own } = await keptFiles(repo, 'mkdir d; echo new > d/new.txt');
    expect(files).toContain('d/new.txt');
    expect(own).toEqual([]);
  });

  it.each([
    ['has staged some of them', 'echo a > a.txt; git add a.txt; echo b > d.txt'],
    ['has staged and changed one again', 'echo a > a.txt; git add a.txt; echo b > a.txt'],
    [
      'has committed',
      'echo a > a.txt; git add a.txt; git -c user.name=a -c user.email=a@b commit -qm RQ-0001; echo b > b.txt',
    ],
    ['has made a tree that nothing names', 'echo a > a.txt; git add .; git write-tree; git reset -q; echo b > b.txt'],
  ])('also where it %s', async (_, agent) => {
    const repo = temporaryRepository();
    const { files, own } = await keptFiles(repo, agent);
    expect(files).toContain('a.txt');
    expect(own).not.toEqual([]);
  });

  it('and brought in where the user has what comes in looked at, or keeps it for several people', async () => {
    for (const setting of ['transfer.fsckObjects', 'core.sharedRepository']) {
      const repo = temporaryRepository();
      runGit(repo.root, ['config', setting, 'true']);
      const { files, own } = await keptFiles(repo, 'echo new > new.txt');
      expect(files).toContain('new.txt');
      expect(own).not.toEqual([]);
    }
  });
});
