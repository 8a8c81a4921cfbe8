import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { finishedAttempt, foreignPush } from './finished-attempt.ts';

const RUN = ['run', '--keep-workspaces', '--backoff', '1'] as const;

describe('what a killed git has left', () => {
  it('while it put a blocked workspace in order: that is done again, and no lock is left there', async () => {
    const repo = temporaryRepository();
    const { line, workspace, head, git } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    foreignPush(repo, 'b.txt', 'b\n');
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const once = join(repo.folder, 'once');
    const lock = join(workspace, '.git/ORIG_HEAD.lock');
    // The first one behind the gate undoes what that did, the next one puts the workspace in order.
    const dies = `if [ -e '${once}' ]; then mv '${once}' '${once}.2'; elif [ -e '${once}.2' ]; then rm '${once}.2'; : >'${lock}'; kill -9 $$; fi`;
    scriptedCommand(repo.folder, 'git', `case " $* " in *' reset '*) ${dies} ;; esac; exec ${real} "$@"`);
    const { status } = await runProgram(
      'ralph-integrate',
      [...RUN, '--ci', `rm .git/ORIG_HEAD; : >'${once}'; exit 1`],
      {
        cwd: repo.root,
        stdin: `${line}\n`,
        env: testEnvironment(join(repo.folder, 'bin')),
      },
    );
    expect([status, existsSync(`${once}.2`), existsSync(lock)]).toEqual([3, false, false]);
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain', '--untracked-files=no')]).toEqual([head, '']);
  });

  it('as the lock of a ref of the train: the same attempt lands, and the lock is gone', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.write('.git/refs/ralph/train/T-1/1.lock', '');
    const args = [...RUN, '--ci', 'true'];
    const { status, stderr } = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin: `${line}\n` });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(existsSync(join(repo.root, '.git/refs/ralph/train/T-1/1.lock'))).toBe(false);
  });

  it.each(['commit', 'tree'] as const)(
    'of a fetch into a workspace that borrows nothing: what has come up to the %s is not taken for all',
    async (last) => {
      const repo = temporaryRepository();
      const { line, workspace } = finishedAttempt(repo, 'T-1', { lone: true, files: { 'a.txt': 'a\n' } });
      const rival = foreignPush(repo, 'b.txt', 'b\n');
      const write = (args: readonly string[], input: string) =>
        execFileSync('git', ['-C', workspace, ...args], { input: `${input}\n`, encoding: 'utf8' }).trim();
      const left = write(['hash-object', '-t', 'commit', '-w', '--stdin'], repo.gitOrigin('cat-file', 'commit', rival));
      expect(left).toBe(rival);
      if (last === 'tree') write(['mktree', '--missing'], repo.gitOrigin('ls-tree', rival));
      const { status, stderr } = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(repo.gitOrigin('ls-tree', '--name-only', 'main').split('\n')).toEqual(['README.md', 'a.txt', 'b.txt']);
    },
  );
});
