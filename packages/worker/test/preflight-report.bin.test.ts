import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { foreignOwner } from '@ralph/protocol/testing/foreign-owner';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';

const report = async (cwd: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = await runProgram('ralph-worker', ['preflight', ...args], { cwd });
  const rows = records(stdout);
  return { status, stderr, rows, of: (check: string) => rows.find((row) => row['check'] === check) };
};

describe('ralph-worker preflight --report', () => {
  it('tells every check once, makes nothing that stays, and says where work would be done', async () => {
    const repo = temporaryRepository();
    const { status, stderr, rows, of } = await report(repo.root, '--report', '--', 'sh');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(rows.map(({ check, level }) => `${String(check)} ${String(level)}`).toSorted()).toEqual(
      [
        'agent',
        'branch',
        'clean',
        'disk_space',
        'identity',
        'lfs',
        'origin',
        'prompts',
        'signing',
        'target',
        'travelling_files',
        'workspace_root',
      ].map((check) => `${check} ok`),
    );
    expect(of('branch')?.['facts']).toEqual({ target_branch: 'main' });
    expect(of('workspace_root')?.['facts']).toEqual({ workspace_root: repo.workspaces });
    expect(existsSync(repo.workspaces)).toBe(false);
  });

  it('stops at no failure, and says what could not be looked at and why', async () => {
    const repo = temporaryRepository();
    repo.git('remote', 'remove', 'origin');
    repo.git('checkout', '-q', '--detach');
    repo.write('new.txt', 'x');
    const { status, of } = await report(repo.root, '--report', '--workspace-root', '.ws', '--', 'no-such-agent');
    expect(status).toBe(0);
    const codes = ['origin', 'branch', 'clean', 'workspace_root', 'agent'].map((check) => of(check)?.['code']);
    expect(codes).toEqual(['no_origin', 'detached_head', 'repository_dirty', 'workspace_root', 'command_not_found']);
    expect(of('target')).toMatchObject({ level: 'warning', message: expect.stringContaining('origin') });
    expect(of('disk_space')).toMatchObject({ level: 'warning', message: expect.stringContaining('workspace_root') });
  });

  it('says of a repository of another user what lets git use it, not that it has no origin', async () => {
    const repo = temporaryRepository();
    const end = await runProgram('ralph-worker', ['preflight', '--report'], {
      cwd: repo.root,
      env: foreignOwner(repo.folder),
    });
    const told = records(end.stdout).filter(({ check }) => check === 'origin' || check === 'branch');
    expect(told).toMatchObject([
      { check: 'origin', code: 'dubious_ownership' },
      { check: 'branch', code: 'dubious_ownership' },
    ]);
    expect(told[0]?.['hint']).toBe(`git config --global --add safe.directory ${repo.root}`);
  });

  it('tells a root that cannot be written, and no room', async () => {
    const repo = temporaryRepository();
    const bad = await report(repo.root, '--report', '--workspace-root', '/proc/ws');
    expect(bad.of('workspace_root')).toMatchObject({ level: 'error', code: 'workspace_root' });
    const full = await report(repo.root, '--survey', '--min-free', '900T');
    expect(full.of('disk_space')).toMatchObject({ level: 'error', code: 'disk_full' });
  });

  it('with --survey also tells of hooks, of files of a run that git tracks, and of submodules that are empty', async () => {
    const repo = temporaryRepository();
    repo.write('.git/hooks/pre-commit', '#!/bin/sh\n');
    repo.write('.ralph/cache/x', 'x');
    repo.git('add', '-f', '.ralph');
    const { of } = await report(repo.root, '--survey');
    expect(of('hooks')?.['message']).toContain('pre-commit');
    expect(of('ignored_runtime_files')).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('.ralph/cache/x'),
    });
    expect(of('ignored_runtime_files')?.['hint']).toContain('rm -r --cached -- .ralph/cache/x');
    expect(of('submodules')?.['level']).toBe('ok');
    repo.write('.gitmodules', '[submodule "s"]\n\tpath = s\n\turl = ../s\n');
    repo.git('update-index', '--add', '--cacheinfo', `160000,${repo.git('rev-parse', 'HEAD')},s`);
    const empty = (await report(repo.root, '--survey')).of('submodules');
    expect(empty).toMatchObject({ level: 'warning', message: expect.stringContaining('1 of 1') });
    expect(empty?.['hint']).toContain('submodule update --init');
  });

  it('is no check of a folder that is no repository', async () => {
    expect((await report(temporaryFolder(), '--report')).status).toBe(78);
  });
});
