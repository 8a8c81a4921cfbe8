import { describe, expect, it } from 'vitest';
import { environmentLayer } from '../src/settings/environment-layer.ts';
import { flagLayer } from '../src/settings/flag-layer.ts';
import { gateWords, handedWords, resolverWords, scriptOf } from '../src/settings/handed-words.ts';
import { INTEGRATOR_OPTIONS, WORKER_OPTIONS } from '../src/settings/handed-options.ts';
import { Settled, type Layer } from '../src/settings/layers.ts';
import { SETTING_KEYS, SETTINGS, type SettingKey } from '../src/settings/setting-keys.ts';
import { expandRoot, settingsOf } from '../src/settings/settings.ts';
import { inNeedOfTrust } from '../src/settings/trust.ts';
import { RUN_OPTIONS } from '../src/options.ts';

const NO_FLAGS = { args: {}, command: [] };

function layer(source: Layer['source'], given: Partial<Record<SettingKey, unknown>>): Layer {
  const entries = Object.entries(given).map(([key, value]) => [key as SettingKey, { value, from: source }] as const);
  return { source, given: new Map(entries) };
}

/** The words of a line; what is put in is one word. */
function words(line: TemplateStringsArray, ...wholes: readonly string[]): string[] {
  return line.flatMap((part, n) => [
    ...part.split(' ').filter((word) => word !== ''),
    ...(wholes[n] === undefined ? [] : [wholes[n]]),
  ]);
}

describe('Settled', () => {
  it('M01: has the defaults of the reference', () => {
    const settled = new Settled([]);
    expect(settled.value('parallel.max_push_attempts')).toBe(50);
    expect(settled.value('parallel.push_backoff_ms')).toEqual([500, 2000, 5000, 10000]);
    expect(settled.value('parallel.workspace_retention_hours')).toBe(24);
    expect(settingsOf(settled, '/x/repo')).toEqual({ workers: 2, workspaceRoot: undefined, retentionSeconds: 86400 });
  });

  it('takes each value from the last layer that gives it, and says from where', () => {
    const settled = new Settled([
      layer('flag', { 'parallel.workers': 5 }),
      layer('user', { 'parallel.workers': 2, 'agent.phases': 2, 'agent.timeout': '5m', 'agent.setup': ['a'] }),
      layer('environment', { 'parallel.workers': 4, 'agent.setup': ['c'] }),
      layer('project', { 'parallel.workers': 3, 'agent.timeout': '9m', 'agent.setup': ['b'] }),
    ]);
    const from = (key: SettingKey) => [settled.value(key), settled.get(key).source];
    expect(from('parallel.workers')).toEqual([5, 'flag']);
    expect(from('agent.setup')).toEqual([['c'], 'environment']);
    expect(from('agent.timeout')).toEqual(['9m', 'project']);
    expect(from('agent.phases')).toEqual([2, 'user']);
    expect(from('agent.idle_timeout')).toEqual([null, 'default']);
  });

  it('never keeps a record longer than ralph-state can be told', () => {
    const hours = layer('user', { 'parallel.workspace_retention_hours': 99_999 });
    expect(settingsOf(new Settled([hours]), '/x').retentionSeconds).toBe(10 ** 7);
  });
});

describe('the table of settings', () => {
  it('has a default that its own schema takes, and names options that there are', () => {
    for (const key of SETTING_KEYS) {
      const { schema, fallback, flag = 'workers' } = SETTINGS[key];
      expect({ key, ok: schema.safeParse(fallback).success, flag: flag in RUN_OPTIONS }).toEqual({
        key,
        ok: true,
        flag: true,
      });
    }
  });
});

describe('expandRoot', () => {
  it.each([
    ['~/w', '/h', '/h/w'],
    ['~', '/h', '/h'],
    ['w', '/h', '/x/repo/w'],
    ['/abs', '/h', '/abs'],
    ['~/w', undefined, '/x/repo/~/w'],
  ])('M02: workspace_root %s with HOME=%s is %s', (path, home, wanted) => {
    expect(expandRoot(path, '/x/repo', home)).toBe(wanted);
  });
});

describe('environmentLayer', () => {
  it.each<[string, string, SettingKey, unknown]>([
    ['RALPH_PARALLEL_WORKERS', '4', 'parallel.workers', 4],
    ['RALPH_PARALLEL_PUSH_BACKOFF_MS', '1,20', 'parallel.push_backoff_ms', [1, 20]],
    ['RALPH_PARALLEL_PUSH_BACKOFF_MS', '[]', 'parallel.push_backoff_ms', []],
    ['RALPH_PARALLEL_IGNORED_FILE_ALLOWLIST', 'a/*.pem, b', 'parallel.ignored_file_allowlist', ['a/*.pem', 'b']],
    ['RALPH_PARALLEL_IGNORED_FILE_ALLOWLIST', '["{a,b}"]', 'parallel.ignored_file_allowlist', ['{a,b}']],
    ['RALPH_PARALLEL_LANDING_SCOPES', '{"web":["web/**"]}', 'parallel.landing_scopes', { web: ['web/**'] }],
    ['RALPH_AGENT_COMMAND', 'claude -p', 'agent.command', ['sh', '-c', 'claude -p']],
    ['RALPH_AGENT_COMMAND', '["claude","-p"]', 'agent.command', ['claude', '-p']],
    ['RALPH_AGENT_RESOLVER', 'false', 'agent.resolver', false],
    ['RALPH_AGENT_CI_GATE', 'npm test', 'agent.ci_gate.argv', ['sh', '-c', 'npm test']],
    ['RALPH_AGENT_CI_GATE', 'npm test', 'agent.ci_gate.enabled', true],
    ['RALPH_AGENT_CI_GATE_ENABLED', 'false', 'agent.ci_gate.enabled', false],
    ['RALPH_AGENT_TIMEOUT', '15m', 'agent.timeout', '15m'],
    ['RALPH_AGENT_TIMEOUT', '90', 'agent.timeout', 90],
  ])('reads %s=%s', (name, text, key, wanted) => {
    const { given, problems, unknown } = environmentLayer({ [name]: text });
    expect({ value: given.get(key)?.value, problems, unknown }).toEqual({ value: wanted, problems: [], unknown: [] });
    expect(given.get(key)?.from).toBe(name);
  });

  it.each([
    ['RALPH_PARALLEL_WORKERS', '0'],
    ['RALPH_PARALLEL_WORKERS', '-1'],
    ['RALPH_PARALLEL_WORKERS', '1.5'],
    ['RALPH_PARALLEL_WORKERS', 'x'],
    ['RALPH_PARALLEL_WORKSPACE_ROOT', '../w'],
    ['RALPH_PARALLEL_PUSH_BACKOFF_MS', '1,x'],
    ['RALPH_PARALLEL_LANDING_SCOPES', 'web'],
    ['RALPH_AGENT_COMMAND', '[]'],
    ['RALPH_AGENT_COMMAND', '["a"'],
    ['RALPH_AGENT_CI_GATE', '["sh","-c","x"]'],
    ['RALPH_AGENT_CI_GATE_ENABLED', 'perhaps'],
    ['RALPH_AGENT_PHASES', '4'],
    ['RALPH_AGENT_TIMEOUT', 'soon'],
  ])('M03: refuses %s=%s, naming the variable and the value', (name, text) => {
    const { given, problems } = environmentLayer({ [name]: text });
    expect([...given.keys()]).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.text).toContain(`${name}=${JSON.stringify(text)}`);
  });

  it('guesses the value that was meant where there are only a few', () => {
    const { problems } = environmentLayer({ RALPH_AGENT_SANDBOX: 'bwrp' });
    expect(problems[0]?.text).toMatch(/^RALPH_AGENT_SANDBOX="bwrp" in the environment: .*; did you mean bwrap\?$/);
  });

  it('takes an empty variable as none, and names one that sets nothing', () => {
    const { given, unknown } = environmentLayer({
      RALPH_PARALLEL_WORKERS: '',
      RALPH_PARALLEL_WOKERS: '3',
      RALPH_X: '1',
    });
    expect([...given.keys()]).toEqual([]);
    expect(unknown).toEqual(['RALPH_PARALLEL_WOKERS (did you mean RALPH_PARALLEL_WORKERS?)']);
  });
});

describe('the arguments of the siblings', () => {
  const said = (flags: Record<string, unknown>, ...layers: Layer[]) => {
    const settled = new Settled([...layers, flagLayer({ args: flags, command: [] })]);
    return {
      worker: handedWords(WORKER_OPTIONS, flags, settled),
      integrator: handedWords(INTEGRATOR_OPTIONS, flags, settled),
      gates: gateWords(flags, settled),
      resolver: resolverWords(settled),
    };
  };

  it('are none where nobody asked for anything', () => {
    expect(said({})).toEqual({ worker: [], integrator: [], gates: [], resolver: [] });
  });

  it('are what the configuration says, in the units of an option', () => {
    const told = said(
      {},
      layer('user', {
        'agent.timeout': '15m',
        'agent.setup': ['npm', 'ci', '--prefix', 'a b'],
        'agent.setup_keys': ['package-lock.json'],
        'agent.ci_gate.argv': ['npm', 'test'],
        'agent.resolver': ['./mend', 'x'],
        'parallel.ignored_file_allowlist': ['certs/*', '-x'],
        'parallel.landing_scopes': { web: ['web/**', 'lib/**'] },
        'parallel.push_backoff_ms': [],
        'parallel.max_push_attempts': 7,
      }),
    );
    expect(told).toEqual({
      worker: words`--timeout 900 --setup ${"npm ci --prefix 'a b'"} --setup-key package-lock.json --copy certs/* --copy=-x`,
      integrator: words`--landing-scope web=web/** --landing-scope web=lib/** --max-attempts 7 --backoff 0`,
      gates: ['--ci', 'npm test'],
      resolver: ['--resolver', './mend x'],
    });
  });

  it('are what the flags say, before everything else', () => {
    const flags = {
      ci: 'a && b',
      'gate-jobs': 3,
      'min-free': 10_737_418_240,
      'no-resolver': true,
      'allow-empty': true,
      gate: ['lint=npm run lint'],
      'landing-scope': ['web=web/**'],
      timeout: 5,
    };
    const told = said(
      flags,
      layer('user', { 'agent.timeout': 1, 'agent.ci_gate.argv': ['x'], 'agent.resolver': ['y'] }),
    );
    expect(told.worker).toEqual(['--timeout', '5', '--allow-empty', '--min-free', '10737418240']);
    expect(told.integrator).toContain('--jobs');
    expect(told.gates).toEqual(['--ci', 'a && b', '--gate', 'lint=npm run lint']);
    expect(told.resolver).toEqual(['--no-resolver']);
  });

  it('name no gate that is turned off', () => {
    const gate = layer('user', { 'agent.ci_gate.argv': ['x'] });
    expect(said({ 'no-ci': true }, gate).gates).toEqual([]);
    expect(said({}, gate, layer('project', { 'agent.ci_gate.enabled': false })).gates).toEqual([]);
    expect(said({ ci: 'y' }, gate, layer('project', { 'agent.ci_gate.enabled': false })).gates).toEqual(['--ci', 'y']);
  });

  it('show a command as sh reads it', () => {
    expect(scriptOf(['sh', '-c', 'a | b'])).toBe('a | b');
    expect(scriptOf(['sh', '-c', 'a | b', 'c'])).toBe("sh -c 'a | b' c");
  });
});

describe('inNeedOfTrust', () => {
  const needed = (...layers: Layer[]) => inNeedOfTrust(new Settled(layers)).map(({ key }) => key);
  const commands = {
    'agent.command': ['x'],
    'agent.resolver': ['x'],
    'agent.setup': ['x'],
    'agent.ci_gate.argv': ['x'],
    'parallel.ignored_file_allowlist': ['x'],
    notify: [{ id: 'a', webhook: 'https://x.example' }],
  };

  it('names all that a repository has run, copied or sent elsewhere, and nothing else of it', () => {
    expect(needed(layer('project', { ...commands, 'parallel.workers': 3 })).toSorted()).toEqual(
      Object.keys(commands).toSorted(),
    );
  });

  it.each(['user', 'environment', 'flag'] as const)('asks nothing of the %s', (source) => {
    expect(needed(layer(source, commands))).toEqual([]);
    expect(needed(layer('project', commands), layer(source, commands))).toEqual(
      source === 'user' ? needed(layer('project', commands)) : [],
    );
  });

  it('lets a repository tell nobody, but not in place of those whom the user has told', () => {
    expect(needed(layer('project', { notify: [] }))).toEqual([]);
    expect(needed(layer('user', { notify: [{ id: 'me', desktop: true }] }), layer('project', { notify: [] }))).toEqual([
      'notify',
    ]);
  });

  it('lets a repository be without a resolver and without a gate of its own', () => {
    expect(needed(layer('project', { 'agent.resolver': false, 'agent.ci_gate.enabled': false }))).toEqual([]);
    expect(needed(layer('project', { 'agent.ci_gate.argv': ['x'], 'agent.ci_gate.enabled': false }))).toEqual([]);
  });

  it("does not let it turn the user's gate off", () => {
    const off = layer('project', { 'agent.ci_gate.enabled': false });
    const both = layer('project', { 'agent.ci_gate.enabled': false, 'agent.ci_gate.argv': ['true'] });
    const user = layer('user', { 'agent.ci_gate.argv': ['make', 'ci'] });
    expect(needed(user, off)).toEqual(['agent.ci_gate.enabled']);
    expect(needed(user, both)).toEqual(['agent.ci_gate.enabled']);
    expect(needed(user, off, flagLayer({ ...NO_FLAGS, args: { 'no-ci': true } }))).toEqual([]);
    expect(needed(user, off, flagLayer({ ...NO_FLAGS, args: { ci: 'x' } }))).toEqual([]);
  });
});
