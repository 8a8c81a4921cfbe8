import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord } from '@ralph/protocol/testing/run-built-program';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { addable, ignoring, prepared, worker } from './travel-workspace.ts';
import { runOf, runWorker, startWorker, taskLines } from './worker-run.ts';

describe('symlinks among what travels', () => {
  it('writes through no symlink of the workspace', async () => {
    const repo = ignoring('.env');
    const outside = join(repo.folder, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(repo.root, 'config'));
    repo.git('add', '-A');
    repo.git('commit', '-q', '-m', 'a link');
    repo.git('push', '-q', 'origin', 'main');
    rmSync(join(repo.root, 'config'));
    repo.write('config/.env', 'secret');
    const { status, path } = await prepared(repo);
    expect(status).toBe(0);
    expect(lstatSync(join(path, 'config')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(outside, '.env'))).toBe(false);
  });

  it('M56 copies what a symlink inside the repository leads to, and leaves dangling ones behind', async () => {
    const repo = ignoring('.env', '.env.*', 'shared');
    repo.write('settings/dev', 'KEY=1');
    symlinkSync('settings/dev', join(repo.root, '.env'));
    symlinkSync('nowhere', join(repo.root, '.env.dangling'));
    symlinkSync('.env.loop', join(repo.root, '.env.loop'));
    repo.write('.worktreeinclude', 'shared\n');
    symlinkSync('settings', join(repo.root, 'shared'));
    const { status, text, path } = await prepared(repo);
    expect(status).toBe(0);
    expect(text('.env')).toBe('KEY=1');
    expect(lstatSync(join(path, '.env')).isFile()).toBe(true);
    expect(existsSync(join(path, '.env.dangling'))).toBe(false);
    expect(lstatSync(join(path, 'shared')).isSymbolicLink()).toBe(true);
    expect(addable(path)).toBe('');
  });

  it.each([
    ['.env', '/etc/hostname', 'resolves outside repo root'],
    ['.env', '../origin.git/config', 'resolves outside repo root'],
    ['.env', 'node_modules/x', 'resolves into node_modules/'],
    ['.env', '.git/config', 'resolves to a file of the run'],
    ['.env', '.ralph/trust.jsonc', 'resolves to a file of the run'],
    ['.env', 'ws/x', 'resolves into the folder of the workspaces'],
    ['.ralph/prompts', '/etc', 'resolves outside repo root'],
    ['key.pem', '/etc/hostname', 'resolves outside repo root'],
    ['data', '..', 'resolves outside repo root'],
  ])('M56 refuses %s that is a symlink to %s', async (name, target, words) => {
    const repo = ignoring('.env', 'node_modules/', 'ws/', '*.pem', 'data');
    for (const file of ['node_modules/x', 'ws/x', '.ralph/trust.jsonc']) repo.write(file, '');
    repo.write('.worktreeinclude', 'data\n');
    symlinkSync(target, join(repo.root, name));
    const { status, stderr } = await worker(repo, 'preflight', '--workspace-root', 'ws', '--copy', '*.pem');
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({ code: 'travel_refused', details: { path: name } });
    expect(errorRecord(stderr)['message']).toContain(words);
    expect(errorRecord(stderr)['message']).toContain('Refusing to copy');
  });

  it('M38 starts no agent and leaves no workspace when a symlink leads out of the repository', async () => {
    const repo = ignoring('.env');
    symlinkSync('/etc/hostname', join(repo.root, '.env'));
    const { status, stderr, lines } = await runWorker(repo, taskLines('RQ-0001'), 'echo ran > "$OUT/ran"');
    expect(status).toBe(78);
    expect(errorRecord(stderr)['message']).toContain('resolves outside repo root');
    expect(lines).toEqual([]);
    expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
    expect(existsSync(join(repo.workspaces, 'RQ-0001'))).toBe(false);
  });

  it('M38 fails the one task when the symlink came while the run was going; content is always current', async () => {
    const repo = ignoring('.env');
    repo.write('.env', 'one');
    const run = startWorker(repo, 'cat .env >> "$OUT/seen"; echo x > x');
    let stdout = '';
    run.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const after = async (id: string, count: number) => {
      run.stdin.write(taskLines(id));
      await waitUntil(id, () => stdout.split(/"type":"(?:agent.finished|task.failed)"/).length > count);
    };
    await after('RQ-0001', 1);
    repo.write('.env', 'two');
    await after('RQ-0002', 2);
    rmSync(join(repo.root, '.env'));
    symlinkSync('/etc/hostname', join(repo.root, '.env'));
    await after('RQ-0003', 3);
    run.stdin.end();
    await waitUntil('the end', () => run.exitCode !== null);
    expect(readFileSync(join(repo.folder, 'seen'), 'utf8')).toBe('onetwo');
    const [failed] = runOf(run.exitCode, stdout, '').events('task.failed');
    expect(failed).toMatchObject({ task_id: 'RQ-0003', code: 'travel_refused' });
    expect(failed?.['reason']).toContain('resolves outside repo root');
    expect(existsSync(join(repo.workspaces, 'RQ-0003'))).toBe(false);
    expect(repo.git('ls-tree', '-r', '--name-only', 'refs/ralph/attempts/RQ-0002/1')).not.toContain('.env');
  });
});
