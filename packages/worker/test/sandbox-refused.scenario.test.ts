import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { canSandbox } from '@ralph/protocol/testing/sandbox-here';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { runOf, taskLines } from './worker-run.ts';

const SANDBOX = ['--sandbox', 'bwrap'] as const;

/** A `bwrap` that is a script, in front of the real one. */
function shim(repo: TestRepository, body: string): Record<string, string> {
  const path = scriptedCommand(join(repo.folder, 'shims'), 'bwrap', body);
  return testEnvironment(join(path, '..'));
}

describe('where no sandbox can be made', () => {
  it.each([
    ['it is not there', (repo: TestRepository) => ({ PATH: join(repo.folder, 'nowhere') }), 'was not found on PATH'],
    [
      'it may not',
      (repo: TestRepository) => shim(repo, 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1'),
      'uid map: Permission denied',
    ],
    [
      'it is too old',
      (repo: TestRepository) => shim(repo, 'echo "bwrap: Unknown option --disable-userns" >&2; exit 1'),
      'it is too old',
    ],
  ])('since %s, nothing is run, and preflight says why', async (_, environment, words) => {
    const repo = temporaryRepository();
    const { PATH, ...env } = environment(repo) as Record<string, string>;
    // Git is needed to come so far.
    const path = words.includes('found') ? withoutBwrap(repo) : (PATH ?? '');
    const how = { cwd: repo.root, env: { ...env, PATH: path } };
    const command = scriptedCommand(repo.folder, 'agent', `touch ${join(repo.folder, 'ran')}`);
    const end = await runProgram('ralph-worker', ['run', ...SANDBOX, '--', command], {
      ...how,
      stdin: taskLines('RQ-0001'),
    });
    expect(end).toMatchObject({ status: 78, stdout: '' });
    expect(end.stderr).toContain(words);
    const report = await runProgram('ralph-worker', ['preflight', '--report', ...SANDBOX], how);
    expect(report.stdout).toMatch(
      new RegExp(`"check":"sandbox","level":"error","code":"sandbox_unavailable".*${words}`),
    );
    expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
  });

  // Without bubblewrap, or where user namespaces are forbidden, there is no sandbox that could fail later.
  it.skipIf(!canSandbox())('any more, an agent is not run, and its task fails for that reason', async () => {
    const repo = temporaryRepository();
    const env = shim(repo, `case "$*" in *ran*) echo "bwrap: no more" >&2; exit 1;; esac; exec /usr/bin/bwrap "$@"`);
    const command = scriptedCommand(repo.folder, 'ran', `touch ${join(repo.folder, 'ran')}`);
    const args = ['run', ...SANDBOX, '--', command];
    const { status, stdout } = await runProgram('ralph-worker', args, {
      cwd: repo.root,
      env,
      stdin: taskLines('RQ-0001'),
    });
    expect(status).toBe(1);
    expect(runOf(status, stdout, '').events('task.failed')).toMatchObject([{ code: 'sandbox_unavailable' }]);
    expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
    expect(readFileSync(join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log'), 'utf8')).toContain('bwrap: no more');
  });
});

describe('what cannot be given to a sandbox', () => {
  it.each([
    ['--sandbox-write', '/', 'is not for an agent to write'],
    ['--sandbox-write', '.', 'is not for an agent to write'],
    ['--sandbox-write', '.git/hooks', 'is not for an agent to write'],
    ['--sandbox-read', '/proc', 'has a /proc of its own'],
    ['--sandbox-read', 'no-such', 'there is no such file'],
  ])('%s %s is refused', async (option, path, words) => {
    const repo = temporaryRepository();
    const args = ['preflight', ...SANDBOX, option, path];
    const end = await runProgram('ralph-worker', args, { cwd: repo.root });
    expect(end).toMatchObject({ status: 64, stdout: '' });
    expect(end.stderr).toContain(words);
  });

  it('is refused where there is none', async () => {
    const repo = temporaryRepository();
    const end = await runProgram('ralph-worker', ['preflight', '--sandbox-write', '/var'], { cwd: repo.root });
    expect(end).toMatchObject({ status: 64 });
    expect(readdirSync(repo.folder)).not.toContain('.workspaces');
  });
});

/** Returns a PATH with what the programs need, but without bubblewrap. */
function withoutBwrap(repo: TestRepository): string {
  const folder = join(repo.folder, 'tools');
  mkdirSync(folder);
  const link =
    'for name in git sh cat find sort cp ls rm mkdir flock perl; do ln -s "$(command -v $name)" "$1"; done; true';
  execFileSync('sh', ['-c', link, 'links', folder]);
  return folder;
}
