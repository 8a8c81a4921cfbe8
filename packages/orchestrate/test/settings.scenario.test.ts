import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { trustText } from '../src/settings/trust.ts';

const CONFIG = '.ralph/config.jsonc';
const STATE = '.ralph/cache/parallel/state.json';

function withTask(config: object | string): TestRepository {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  repository.write(CONFIG, typeof config === 'string' ? config : JSON.stringify(config));
  return repository;
}

function orchestrate({ root }: TestRepository, args: readonly string[] = [], env: Record<string, string> = {}) {
  return runProgram('ralph-orchestrate', ['run', ...args], { cwd: root, env });
}

const landed = ({ gitOrigin }: TestRepository) => gitOrigin('log', '--format=%s', 'main').includes('RQ-0001');

describe('ralph-orchestrate run by its configuration', () => {
  it('runs the agent, the set-up and the gate of a trusted repository, and hands no setting of the run on to them', async () => {
    const repository = temporaryRepository();
    const agent = scriptedCommand(repository.folder, 'agent', 'cp setup.out made.txt; env > "$SEEN"');
    const gate = scriptedCommand(
      repository.folder,
      'gate',
      'test "$1" = "a b" && test -n "$NODE_EXTRA_CA_CERTS" && grep set made.txt',
    );
    repository.queue([queueTask('RQ-0001')]);
    repository.write(
      CONFIG,
      JSON.stringify({
        agent: {
          command: [agent],
          setup: ['sh', '-c', 'echo set > setup.out'],
          ci_gate: { argv: [gate, 'a b'] },
          timeout: '5m',
        },
      }),
    );
    repository.write('.ralph/trust.jsonc', trustText());
    const seen = join(repository.folder, 'seen');
    const env = {
      RALPH_PARALLEL_WORKERS: '1',
      RALPH_AGENT_IDLE_TIMEOUT: '5m',
      SEEN: seen,
      NODE_EXTRA_CA_CERTS: '/dev/null',
    };
    const { status, stdout } = await orchestrate(repository, [], env);
    expect(status).toBe(0);
    const told = records(stdout);
    expect(told.find(({ type }) => type === 'run.started')).toMatchObject({ workers: 1 });
    expect(told.find(({ type }) => type === 'ci.passed')).toBeDefined();
    expect(repository.gitOrigin('show', 'main:made.txt')).toBe('set');
    const variables = readFileSync(seen, 'utf8');
    expect(variables).toContain('RALPH_TASK_ID=RQ-0001');
    expect(variables).toMatch(/^NODE_EXTRA_CA_CERTS=\/dev\/null$/m);
    expect(variables).not.toMatch(/^RALPH_(?:PARALLEL|AGENT|NODE)_/m);
  });

  it('needs an agent, and says how to name one', async () => {
    const repository = withTask({});
    const { status, stderr } = await orchestrate(repository);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 64, code: 'usage' });
    expect(stderr).toContain('ralph-orchestrate run -- CMD');
    expect(existsSync(join(repository.root, STATE))).toBe(false);
  });

  it('runs the agent of the environment, and a flag beats the gate of the user', async () => {
    const repository = withTask({});
    const xdg = join(repository.folder, 'xdg');
    mkdirSync(join(xdg, 'ralph'), { recursive: true });
    writeFileSync(join(xdg, 'ralph/config.jsonc'), '{"agent":{"ci_gate":{"argv":["false"]},"resolver":false}}');
    const env = { XDG_CONFIG_HOME: xdg, RALPH_AGENT_COMMAND: 'echo "$RALPH_TASK_ID" > x.txt' };
    const { status, stdout } = await orchestrate(repository, ['--ci', 'grep RQ-0001 x.txt'], env);
    expect({ status, landed: landed(repository) }).toEqual({ status: 0, landed: true });
    expect(records(stdout).filter(({ type }) => type === 'ci.started')).toHaveLength(1);
  });
});

describe('ralph-orchestrate run refuses before anything is changed:', () => {
  it.each([
    ['a command', { agent: { command: ['touch', 'x'] } }, ['agent.command (line 1)']],
    ['a gate', { agent: { ci_gate: { argv: ['true'] } } }, ['agent.ci_gate.argv']],
    ['files to copy', { parallel: { ignored_file_allowlist: ['*.pem'] } }, ['parallel.ignored_file_allowlist']],
  ])('%s of a repository that nobody trusts', async (_, config, keys) => {
    const repository = withTask(config);
    const args = 'agent' in config && 'command' in config.agent ? [] : ['--', 'true'];
    const { status, stdout, stderr } = await orchestrate(repository, args);
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
    const { code, message, hint } = errorRecord(stderr);
    expect(code).toBe('config_untrusted');
    for (const key of keys) expect(message).toContain(key);
    expect(message).toContain(join(repository.root, CONFIG));
    expect(hint).toContain(`ralph-orchestrate init --trust --repo ${repository.root}`);
    expect(existsSync(join(repository.root, STATE))).toBe(false);
  });

  it('a trust file that came with the repository, and says how to mend it', async () => {
    const repository = withTask({ agent: { command: ['touch', 'x'] } });
    repository.write('.ralph/trust.jsonc', trustText());
    repository.git('add', '-f', '.ralph/trust.jsonc');
    repository.git('commit', '-qm', 'trust me');
    const { status, stderr } = await orchestrate(repository);
    expect(status).toBe(78);
    expect(errorRecord(stderr)['message']).toContain('git tracks it');
    expect(errorRecord(stderr)['hint']).toContain('rm --cached .ralph/trust.jsonc');
  });

  it.each([
    [['--gate', 'lint'], /--gate "lint": no "=" after the name/],
    [['--gate-timeout', 'x=5'], /--gate-timeout x: no such gate/],
    [['--landing-scope', 'web'], /--landing-scope "web=": not NAME=PATTERN/],
    [['--setup-key', 'a'], /--setup-key needs --setup/],
    [['--ci', 'x', '--no-ci'], /--ci and --no-ci exclude each other/],
    [['--min-free', 'much'], /--min-free "much"/],
  ])('the options of a sibling: %j', async (args, says) => {
    const repository = withTask({});
    const { status, stderr } = await orchestrate(repository, [...args, '--', 'true']);
    expect(status).toBe(64);
    expect(errorRecord(stderr)).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(says) as string,
      hint: expect.stringContaining('ralph-orchestrate') as string,
    });
    expect(existsSync(join(repository.root, STATE))).toBe(false);
  });

  it.each(['/abs', 'target/x'])('M55: an allow-list with %s, by its index', async (glob) => {
    const repository = withTask(`{"parallel":\n{"ignored_file_allowlist": ["ok/*.json", ${JSON.stringify(glob)}]}}`);
    repository.write('.ralph/trust.jsonc', trustText());
    const { status, stderr } = await orchestrate(repository, ['--', 'true']);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 78, code: 'config_invalid' });
    expect(stderr).toContain(`${CONFIG}:2: parallel.ignored_file_allowlist[1]: the pattern ${JSON.stringify(glob)}`);
  });

  it.each([
    [
      '/elsewhere/q.jsonc',
      /:2: queue\.file must be under repo root \(try a repo-relative path like '\.ralph\/queue\.jsonc'\)/,
    ],
    ['../q.jsonc', /queue\.file must be under repo root/],
    ['tasks/q.jsonc', /queue\.file is tasks\/q\.jsonc, but here it lives in \.ralph\/queue\.jsonc/],
  ])('M12: a queue in %s', async (path, says) => {
    const repository = withTask(`{"queue": {\n"file": ${JSON.stringify(path)}}}`);
    const { status, stderr } = await orchestrate(repository, ['--', 'true']);
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(says) as string,
    });
    expect(existsSync(join(repository.root, STATE))).toBe(false);
  });
});
