import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { preflightFinding } from '@ralph/protocol/contract/preflight-report';
import { records, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { trustText } from '../src/settings/trust.ts';

const doctor = (cwd: string, ...args: readonly string[]) =>
  runProgram('ralph-orchestrate', ['doctor', ...args], { cwd });

/** Every file of both repositories and around them, git's own included, with its content, rights and time of change. */
function snapshot({ folder }: TestRepository): string {
  const script = 'find . -printf "%p %m %T@ %l\\n" | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum';
  return execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
}

function levels(stdout: string): Record<string, unknown> {
  return Object.fromEntries(records(stdout).map(({ check, level }) => [String(check), level]));
}

describe('ralph-orchestrate doctor', () => {
  it('finds nothing wrong where a run can start, tells what is not ignored, and changes nothing at all', async () => {
    const repository = temporaryRepository();
    repository.queue([queueTask('RQ-0001')]);
    const before = snapshot(repository);
    const { status, stdout, stderr } = await doctor(repository.root, '--', 'sh');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(snapshot(repository)).toBe(before);
    const rows = records(stdout);
    expect(rows.map((row) => preflightFinding.safeParse(row).error)).toEqual(rows.map(() => undefined));
    const { ignored_runtime_files: ignored, ...others } = levels(stdout);
    expect(ignored).toBe('warning');
    expect(new Set(Object.values(others))).toEqual(new Set(['ok']));
    expect(Object.keys(others)).toEqual(
      expect.arrayContaining(['node', 'git', 'programs', 'agent', 'trust', 'loop_lock']),
    );
    const rule = rows.find(({ check }) => check === 'ignored_runtime_files');
    execFileSync('sh', ['-c', String(rule?.['hint']).replace(/^.*# or: /, '')], { cwd: repository.root });
    expect(levels((await doctor(repository.root)).stdout)['ignored_runtime_files']).toBe('ok');
  });

  it('tells all that is wrong at once, each with the command that mends it, and ends with the status of the first', async () => {
    const repository = temporaryRepository();
    repository.queue([queueTask('RQ-0001'), queueTask('RQ-0001')]);
    repository.write('b.txt', 'new');
    repository.write('.ralph/config.jsonc', '{"parallel":{"wokers":2}}');
    repository.write('.ralph/cache/stop_requested', 'x');
    repository.write('.ralph/cache/parallel/state.json', '{');
    repository.git('remote', 'remove', 'origin');
    const before = snapshot(repository);
    const { status, stdout } = await doctor(repository.root, '--', 'no-such-agent');
    expect(status).toBe(78);
    expect(snapshot(repository)).toBe(before);
    const wrong = records(stdout).filter(({ level }) => level === 'error');
    expect(wrong.map(({ check, code }) => [check, code])).toEqual([
      ['config', 'config_invalid'],
      ['clean', 'repository_dirty'],
      ['queue', 'queue_invalid'],
      ['origin', 'no_origin'],
      ['state_file', 'state_corrupt'],
      ['agent', 'command_not_found'],
    ]);
    expect(wrong.filter(({ hint }) => typeof hint !== 'string' || hint === '')).toEqual([]);
    expect(levels(stdout)).toMatchObject({ stop_request: 'warning', records: 'warning', push_rights: 'warning' });
  });

  it('refuses commands of a configuration that a run would not trust, also where the file of trust came with it', async () => {
    const repository = temporaryRepository();
    repository.queue([queueTask('RQ-0001')]);
    repository.write('.ralph/config.jsonc', '{"agent":{"command":["sh"]}}');
    repository.write('.ralph/trust.jsonc', trustText());
    expect(levels((await doctor(repository.root)).stdout)['trust']).toBe('ok');
    repository.git('add', '--force', '.ralph/trust.jsonc');
    const { status, stdout } = await doctor(repository.root);
    expect(status).toBe(78);
    const trust = records(stdout).find(({ check }) => check === 'trust');
    expect(trust).toMatchObject({ level: 'error', code: 'config_untrusted' });
    expect(trust?.['message']).toContain('git tracks it');
  });

  it('gives 127 for a missing agent, and is a list for people with what to type', async () => {
    const repository = temporaryRepository();
    const { status, stdout } = await doctor(repository.root, '--format', 'table', '--', 'no-such-agent');
    expect(status).toBe(127);
    expect(stdout).toMatch(/^ok {7}node: Node /m);
    expect(stdout).toMatch(/^error {4}agent: command not found: no-such-agent\n {9}next: \S/m);
    expect(stdout).toMatch(/\na run would not start \(errors: 1, warnings: \d+\)\n$/);
  });

  it('shows who holds the loop lock', async () => {
    const repository = temporaryRepository();
    const holder = startProgram('ralph-lock', ['hold', '--prompt', 'nightly'], { cwd: repository.root });
    await waitUntil('the lock to be taken', async () => {
      const { stdout } = await runProgram('ralph-lock', ['status'], { cwd: repository.root });
      return records(stdout)[0]?.['locked'] === true;
    });
    const rows = records((await doctor(repository.root)).stdout);
    const row = rows.find(({ check }) => check === 'loop_lock');
    expect(row).toMatchObject({ level: 'warning', message: expect.stringContaining(`pid ${holder.pid}`) });
    expect(row?.['message']).toContain('nightly');
  });

  it('refuses a folder that is no repository', async () => {
    const { status } = await doctor('/');
    expect(status).toBe(78);
  });

  it('asks nothing of origin that would have to be fetched, and says what it left out', async () => {
    const repository = temporaryRepository();
    const tip = repository.git('rev-parse', 'HEAD');
    const made = repository.gitOrigin(
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
    repository.gitOrigin('update-ref', 'refs/heads/main', made);
    const before = snapshot(repository);
    const { status, stdout } = await doctor(repository.root);
    expect({ status, same: snapshot(repository) === before }).toEqual({ status: 0, same: true });
    expect(levels(stdout)).toMatchObject({
      target: 'ok',
      push_rights: 'ok',
      checkout: 'warning',
      bookkeeping: 'warning',
    });
  });
});
