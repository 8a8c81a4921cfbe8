import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { trustText } from '../src/settings/trust.ts';

const CONFIG = '.ralph/config.jsonc';

function userConfig({ folder }: TestRepository, text: string): Record<string, string> {
  const path = join(folder, 'xdg/ralph/config.jsonc');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return { XDG_CONFIG_HOME: join(folder, 'xdg') };
}

function config({ root }: TestRepository, args: readonly string[] = [], env: Record<string, string> = {}) {
  return runProgram('ralph-orchestrate', ['config', ...args], { cwd: root, env });
}

function rowOf(stdout: string, key: string): Record<string, unknown> | undefined {
  return records(stdout).find((row) => row['key'] === key);
}

describe('ralph-orchestrate config', () => {
  it('prints each value with where it came from: default, user, repository, environment', async () => {
    const repository = temporaryRepository();
    const user =
      '{\n"parallel": {"workers": 3, "max_push_attempts": 9},\n"agent": {"command": ["claude", "-p"], "iterations": 2}}';
    const env = { ...userConfig(repository, user), RALPH_AGENT_TIMEOUT: '15m' };
    repository.write(CONFIG, '{"parallel":\n{\n"workers": 4}}');
    const { status, stdout, stderr } = await config(repository, [], env);
    expect(status).toBe(0);
    const userPath = join(repository.folder, 'xdg/ralph/config.jsonc');
    expect(rowOf(stdout, 'parallel.workers')).toMatchObject({
      value: 4,
      source: 'project',
      from: join(repository.root, CONFIG),
      line: 3,
    });
    expect(rowOf(stdout, 'parallel.max_push_attempts')).toMatchObject({ value: 9, source: 'user', from: userPath });
    expect(rowOf(stdout, 'agent.command')).toMatchObject({ value: ['claude', '-p'], source: 'user', line: 3 });
    expect(rowOf(stdout, 'agent.timeout')).toMatchObject({
      value: '15m',
      source: 'environment',
      from: 'RALPH_AGENT_TIMEOUT',
    });
    expect(rowOf(stdout, 'parallel.workspace_root')).toMatchObject({
      value: repository.workspaces,
      source: 'default',
    });
    expect(rowOf(stdout, 'agent.iterations')).toMatchObject({
      value: 2,
      note: expect.stringContaining('without effect'),
    });
    expect(stderr).toContain('agent.iterations: without effect here');
  });

  it('finds the configuration of the user in the home folder, too', async () => {
    const repository = temporaryRepository();
    userConfig(repository, '{"parallel":{"workers":3}}');
    const home = join(repository.folder, 'home');
    mkdirSync(join(home, '.config/ralph'), { recursive: true });
    writeFileSync(join(home, '.config/ralph/config.jsonc'), '{"parallel":{"workers":5}}');
    const { stdout } = await config(repository, ['parallel.workers'], { HOME: home, XDG_CONFIG_HOME: 'not/absolute' });
    expect(records(stdout)).toMatchObject([{ key: 'parallel.workers', value: 5, source: 'user' }]);
  });

  it('prints one value for a person, and a table of all', async () => {
    const repository = temporaryRepository();
    expect((await config(repository, ['parallel.workers', '--format', 'table'])).stdout).toBe('2\n');
    const { stdout } = await config(repository, ['--format', 'table'], { RALPH_PARALLEL_WORKERS: '6' });
    expect(stdout).toMatch(/^KEY +VALUE +FROM/);
    expect(stdout).toMatch(/^parallel\.workers +6 +RALPH_PARALLEL_WORKERS$/m);
    expect(stdout).toMatch(/^agent\.resolver +- +default +the task's own agent$/m);
  });

  it('knows no other key, and names the nearest', async () => {
    const { status, stderr } = await config(temporaryRepository(), ['parallel.worker']);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 64, code: 'usage' });
    expect(stderr).toContain('did you mean parallel.workers?');
    expect((await config(temporaryRepository(), ['workers'])).stderr).toContain('did you mean parallel.workers?');
  });

  it('names every problem of the files and of the environment, with status 78', async () => {
    const repository = temporaryRepository();
    const env = { ...userConfig(repository, '{"agent":{"phases":7}}'), RALPH_PARALLEL_WORKERS: 'x' };
    repository.write(CONFIG, '{"parallel":{\n"wokers":1},\n"agent":{"ci_gate":{"argv":["sh","-c","x"]}}}');
    const { status, stdout, stderr } = await config(repository, [], env);
    expect({ status, stdout, code: errorRecord(stderr)['code'] }).toEqual({
      status: 78,
      stdout: '',
      code: 'config_invalid',
    });
    expect(stderr).toMatch(/xdg\/ralph\/config\.jsonc:1: agent\.phases: /);
    expect(stderr).toMatch(/\.ralph\/config\.jsonc:2: parallel\.wokers: there is no such key; did you mean workers\?/);
    expect(stderr).toMatch(/\.ralph\/config\.jsonc:3: agent\.ci_gate\.argv: sh with a script is refused/);
    expect(stderr).toMatch(/RALPH_PARALLEL_WORKERS="x" in the environment: not a number; /);
  });

  it('refuses a gate that is asked for and names no command', async () => {
    const repository = temporaryRepository();
    repository.write(CONFIG, '{"agent":{"ci_gate":{"enabled":true}}}');
    const { status, stderr } = await config(repository);
    expect(status).toBe(78);
    expect(stderr).toContain('agent.ci_gate is enabled, but no command is named');
  });

  it('tells what a run would not trust, and that it is trusted', async () => {
    const repository = temporaryRepository();
    repository.write(CONFIG, '{"agent":{"command":["x"]}}');
    const before = await config(repository);
    expect(before.status).toBe(0);
    expect(rowOf(before.stdout, 'agent.command')).toMatchObject({
      trusted: false,
      note: 'not trusted: a run refuses it',
    });
    expect(before.stderr).toContain('ralph-orchestrate init --trust');
    repository.write('.ralph/trust.jsonc', trustText());
    const after = await config(repository);
    expect(rowOf(after.stdout, 'agent.command')).toMatchObject({ trusted: true });
    expect(after.stderr).toBe('');
  });

  it.each([
    { name: 'a pipe', make: (path: string) => execFileSync('mkfifo', [path]) },
    { name: 'a link to a device', make: (path: string) => symlinkSync('/dev/zero', path) },
  ])('waits for nothing when $name stands where the configuration should', async ({ make }) => {
    const repository = temporaryRepository();
    mkdirSync(join(repository.root, '.ralph'), { recursive: true });
    make(join(repository.root, CONFIG));
    const { status, stderr } = await config(repository);
    expect(status).toBe(74);
    expect(errorRecord(stderr)).toMatchObject({ code: 'io', message: expect.stringContaining(CONFIG) });
  });

  it('takes secrets out', async () => {
    const repository = temporaryRepository();
    repository.write('.env', 'API_TOKEN=xyzzy-plugh-1234\n');
    const command = `[${['agent', '--key', 'xyzzy-plugh-1234', '--token=ghp_0123456789abcdefghijABCDEFGHIJ012345'].map((word) => JSON.stringify(word)).join()}]`;
    const { stdout } = await config(repository, [], { RALPH_AGENT_COMMAND: command });
    expect(rowOf(stdout, 'agent.command')?.['value']).toEqual(['agent', '--key', '[redacted]', '--token=[redacted]']);
  });
});
