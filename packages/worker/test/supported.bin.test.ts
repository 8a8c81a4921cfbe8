import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { worker } from './travel-workspace.ts';
import { runWorker, taskLines } from './worker-run.ts';

const hasKeygen = existsSync('/usr/bin/ssh-keygen');

const signWith = (repo: TestRepository, passphrase: string) => {
  const key = join(repo.folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', key]);
  for (const [name, value] of [
    ['gpg.format', 'ssh'],
    ['user.signingKey', key],
    ['commit.gpgSign', 'true'],
  ] as const)
    repo.git('config', name, value);
};

describe('signed commits', () => {
  // Without ssh-keygen there is no key to sign with.
  it.skipIf(!hasKeygen)('work with a key that signs by itself (needs ssh-keygen)', async () => {
    const repo = temporaryRepository();
    signWith(repo, '');
    const objects = () => readdirSync(join(repo.root, '.git/objects'), { recursive: true }).length;
    const before = objects();
    expect((await worker(repo, 'preflight')).status).toBe(0);
    expect(objects()).toBe(before);
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > x');
    expect(run.status).toBe(0);
    expect(repo.git('cat-file', '-p', 'refs/ralph/attempts/RQ-0001/1')).toContain('BEGIN SSH SIGNATURE');
  });

  // Without ssh-keygen there is no key to sign with.
  it.skipIf(!hasKeygen)('are refused when the key asks for a passphrase (needs ssh-keygen)', async () => {
    const repo = temporaryRepository();
    signWith(repo, 'secret words');
    for (const words of [['preflight'], ['run', '--', 'sh']]) {
      const { status, stderr } = await worker(repo, ...words);
      expect(status).toBe(78);
      expect(errorRecord(stderr)).toMatchObject({ code: 'workspace_unsupported' });
      expect(errorRecord(stderr)['message']).toContain('commits are signed here');
      expect(errorRecord(stderr)['hint']).toContain('commit.gpgSign false');
    }
  });

  it('are refused when there is no key', async () => {
    const repo = temporaryRepository();
    repo.git('config', 'commit.gpgSign', 'true');
    repo.git('config', 'gpg.program', '/nonexistent/gpg');
    expect(errorRecord((await worker(repo, 'preflight')).stderr)).toMatchObject({ code: 'workspace_unsupported' });
  });
});

describe('git-lfs', () => {
  const withAttributes = () =>
    temporaryRepository({ 'sub/.gitattributes': '*.bin  filter=lfs diff=lfs -text\n', 'a.txt': '' });

  it('is told of when it is not set up, since workspaces then hold pointers', async () => {
    const repo = withAttributes();
    for (const words of [['preflight'], ['run', '--', 'sh']]) {
      const { status, stderr } = await worker(repo, ...words);
      expect(status).toBe(0);
      expect(stderr).toContain('warning: git-lfs is not set up here: workspaces hold pointers');
    }
  });

  it('is refused when it is set up and cannot be found', async () => {
    const repo = withAttributes();
    repo.git('config', 'filter.lfs.process', 'git-lfs filter-process');
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const bin = join(repo.folder, 'bin');
    execFileSync('sh', ['-c', 'mkdir "$1" && ln -s "$2" "$1/git"', 'sh', bin, git]);
    const { status, stderr } = await runProgram('ralph-worker', ['preflight'], { cwd: repo.root, env: { PATH: bin } });
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({ code: 'workspace_unsupported' });
    expect(errorRecord(stderr)['hint']).toContain('install git-lfs');
  });

  it('is no matter where no file is kept by it', async () => {
    const repo = temporaryRepository({ '.gitattributes': '# filter=lfs-like\n*.txt text\n' });
    expect((await worker(repo, 'preflight')).stderr).toBe('');
  });
});
