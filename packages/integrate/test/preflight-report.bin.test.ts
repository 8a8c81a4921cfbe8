import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';

const report = async (cwd: string, flag = '--report') => {
  const { status, stdout, stderr } = await runProgram('ralph-integrate', ['preflight', flag], { cwd });
  const rows = records(stdout);
  return { status, stderr, rows, of: (check: string) => rows.find((row) => row['check'] === check) };
};

describe('ralph-integrate preflight --report', () => {
  it('tells every check once', async () => {
    const { status, stderr, rows } = await report(temporaryRepository().root);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(rows.map(({ check, level }) => `${String(check)} ${String(level)}`)).toEqual(
      ['origin', 'branch', 'target', 'bookkeeping', 'published_tasks', 'checkout', 'push_rights'].map(
        (check) => `${check} ok`,
      ),
    );
  });

  it('goes on behind split books, and tells a diverged branch with what mends it', async () => {
    const repo = temporaryRepository();
    repo.queue([queueTask('RQ-0001')]);
    repo.git('add', '-f', '.ralph');
    repo.git('commit', '-q', '-m', 'queue');
    repo.git('push', '-q');
    repo.write('.ralph/done.jsonc', '{"version":1,"tasks":[]}');
    repo.git('commit', '-q', '--amend', '-m', 'another');
    const { of } = await report(repo.root);
    expect(of('bookkeeping')).toMatchObject({ level: 'error', code: 'config_invalid' });
    expect(of('published_tasks')?.['level']).toBe('warning');
    expect(of('checkout')).toMatchObject({ level: 'warning', facts: { ahead: 1, behind: 1 } });
    expect(of('checkout')?.['hint']).toContain('pull --rebase origin main');
    expect(of('push_rights')?.['level']).toBe('ok');
  });

  it('leaves out what it cannot ask of a remote that is gone', async () => {
    const repo = temporaryRepository();
    repo.git('remote', 'set-url', 'origin', join(repo.folder, 'gone.git'));
    const { status, of } = await report(repo.root);
    expect(status).toBe(0);
    expect(of('target')).toMatchObject({ level: 'error', code: 'origin_unreachable' });
    expect(of('push_rights')).toMatchObject({ level: 'warning', message: expect.stringContaining('target') });
  });

  it('fetches nothing with --survey', async () => {
    const repo = temporaryRepository();
    const tip = repo.git('rev-parse', 'HEAD');
    const made = repo.gitOrigin(
      '-c',
      'user.name=o',
      '-c',
      'user.email=o@x',
      'commit-tree',
      '-p',
      tip,
      '-m',
      'theirs',
      `${tip}^{tree}`,
    );
    repo.gitOrigin('update-ref', 'refs/heads/main', made);
    const { of } = await report(repo.root, '--survey');
    expect(of('checkout')).toMatchObject({ level: 'warning', hint: `git -C ${repo.root} fetch origin` });
    expect(() => repo.git('cat-file', '-e', made)).toThrow(made);
    expect((await report(repo.root)).of('checkout')?.['level']).toBe('ok');
  });
});
