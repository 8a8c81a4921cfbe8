import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';

it('an attempt whose beginning a shallow clone has cut off is prepared after the command that the error names', async () => {
  const repo = temporaryRepository();
  repo.git('checkout', '-q', '-b', 'feature');
  for (const name of ['one', 'two']) repo.git('commit', '-q', '--allow-empty', '-m', name);
  repo.git('push', '-q', 'origin', 'feature');
  const clone = join(repo.folder, 'clone');
  runGit(repo.folder, ['clone', '-q', '--depth', '1', '--branch', 'feature', `file://${repo.origin}`, clone]);
  for (const key of ['user.name', 'user.email']) runGit(clone, ['config', key, 'runner']);
  runGit(clone, ['update-ref', 'refs/ralph/attempts/FIX-1/1', 'HEAD']);
  const prepare = () =>
    runProgram('ralph-worker', ['prepare', 'FIX-1', '--from-attempt', '1', '--target-branch', 'main'], { cwd: clone });
  const refused = await prepare();
  const { code, hint } = errorRecord(refused.stderr);
  expect({ status: refused.status, code, hint }).toEqual({
    status: 1,
    code: 'no_changes',
    hint: `git -C ${clone} fetch --unshallow  # then again`,
  });
  expect(spawnSync('sh', ['-c', String(hint)], { env: testEnvironment() }).status).toBe(0);
  expect(await prepare()).toMatchObject({ status: 0, stderr: '' });
});
