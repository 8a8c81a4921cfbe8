import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(top, 'docs/ten-minutes.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

/** A home with this repository, one of the user's beside it, and the agent that the page names; npm installs nothing. */
function home() {
  const origin = temporaryRepository({
    'README.md': '# mine\n',
    'package.json': '{"private":true,"scripts":{"test":"test -f README.md"}}',
  });
  const { folder } = origin;
  const mine = join(folder, 'my-repository');
  runGit(folder, ['clone', '-q', origin.origin, mine]);
  runGit(mine, ['config', 'user.name', 'Me']);
  runGit(mine, ['config', 'user.email', 'me@example.invalid']);
  symlinkSync(top, join(folder, 'ralph-toolbox'));
  const [agent = ''] = /"runner": "(\w+)"/.exec(page)?.slice(1) ?? [];
  const script = [
    '[ "$1" != --version ] || { echo 99.0.0; exit; }',
    'grep -q "$RALPH_TASK_TITLE" || exit 9',
    'if [ -n "$RALPH_HANDOFF" ]; then echo "- $RALPH_TASK_TITLE" >> CHANGES.md',
    'else echo "$RALPH_TASK_TITLE" >> README.md; fi',
  ];
  const bin = dirname(scriptedCommand(folder, agent, script.join('\n')));
  scriptedCommand(folder, 'npm', 'test "$1" = ci || exec sh -c "test -f README.md"');
  return { folder, mine, origin, env: { ...testEnvironment(bin), HOME: folder } };
}

function type(script: string, cwd: string, env: Record<string, string>) {
  const command = ['-e', '-o', 'pipefail', '-c', script];
  const { status, stdout, stderr } = spawnSync('bash', command, { cwd, env, encoding: 'utf8', input: '' });
  return { status, stdout, stderr };
}

describe('ten minutes to the first landed task', () => {
  it('go as the page says, command by command', () => {
    const { folder, mine, origin, env } = home();
    const { status, stdout, stderr } = type(blocks.join('\n'), folder, env);
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    const subjects = origin.gitOrigin('log', '--format=%s', 'main').split('\n');
    expect(subjects).toEqual([
      'RQ-0002: move to done',
      'RQ-0002: Add a farewell to README.md',
      'RQ-0002: Add a farewell to README.md',
      'Queue a farewell',
      'RQ-0001: move to done',
      'RQ-0001: Add a greeting to README.md',
      'Work through tasks with ralph',
      'start',
    ]);
    expect(stdout).toMatch(/"type":"ci\.failed".*"gate":"changes"/);
    expect(stdout).toMatch(/"type":"remediation\.finished"/);
    expect(runGit(mine, ['status', '--porcelain', '--branch'])).toBe('## main...origin/main');
  });

  it('name the agent in one place', () => {
    const named = blocks.flatMap((block) => block.split('\n').filter((line) => line.includes('claude')));
    expect(named).toEqual([expect.stringMatching(/> "\$config"$/)]);
  });

  it('leave the configuration of a user as it is, where his others are', () => {
    const { folder, env } = home();
    const own = { ...env, XDG_CONFIG_HOME: join(folder, 'my settings') };
    const file = join(folder, 'my settings/ralph/config.jsonc');
    expect(type(blocks[1] ?? '', folder, own)).toMatchObject({ status: 0 });
    expect(readFileSync(file, 'utf8')).toBe('{ "agent": { "runner": "claude" } }\n');
    writeFileSync(file, '{ "agent": { "runner": "codex" } }\n');
    expect(type(blocks[1] ?? '', folder, own)).toMatchObject({ status: 0 });
    expect(readFileSync(file, 'utf8')).toBe('{ "agent": { "runner": "codex" } }\n');
  });

  it('name nothing of .ralph that is not so: what is to be ignored is ignored, the rest is committed', () => {
    const { folder, mine, env } = home();
    const end = type(blocks.slice(0, 5).join('\n'), folder, env);
    expect(end).toMatchObject({ status: 0 });
    const ignored = ['cache/x', 'logs/x', 'loop.lock', 'lock/x', 'trust.jsonc'].map((path) => `.ralph/${path}`);
    expect(runGit(mine, ['check-ignore', ...ignored]).split('\n')).toEqual(ignored);
    const tracked = runGit(mine, ['ls-files', '.ralph']).split('\n');
    expect(tracked).toEqual(['config.jsonc', 'done.jsonc', 'queue.jsonc'].map((path) => `.ralph/${path}`));
  });
});
