import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import {
  queueTask,
  runGit,
  temporaryRepository,
  type TestRepository,
} from '@ralph/protocol/testing/temporary-repository';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(top, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
const cells = [...readme.matchAll(/^\|.*\| `(.+)` \|$/gm)].map((match) => (match[1] ?? '').replaceAll('\\|', '|'));

/** A repository as a user's: it has a test script, a Makefile, and an agent named claude that reads a prompt on stdin. */
function usersRepository(): { repository: TestRepository; env: Record<string, string> } {
  const repository = temporaryRepository({
    'README.md': '# mine\n',
    'package.json': '{"private":true,"scripts":{"test":"test -f README.md"}}',
    Makefile: 'release:\n\techo released > released.txt\n',
  });
  repository.write('.git/info/exclude', 'my-repository/\n');
  runGit(repository.folder, ['clone', '-q', repository.origin, join(repository.root, 'my-repository')]);
  for (const [key, value] of [
    ['user.name', 'Test'],
    ['user.email', 'test@example.invalid'],
  ] as const) {
    runGit(join(repository.root, 'my-repository'), ['config', key, value]);
  }
  const agent = scriptedCommand(
    repository.folder,
    'claude',
    'test "$1" = -p && grep -q . && echo "$RALPH_TASK_ID" >> "$RALPH_TASK_ID.md"',
  );
  const environment = testEnvironment(join(agent, '..'));
  return {
    repository,
    env: { ...environment, HOME: repository.folder, PWD: top, npm_config_update_notifier: 'false' },
  };
}

function shell(script: string, cwd: string, env: Record<string, string>) {
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const pathLine = blocks.find((block) => block.startsWith('export PATH=')) ?? 'false';
const setUp = blocks.filter((block) => block.startsWith('npm ci'));
/** Run by the tests of the packs. */
const packLine = blocks.find((block) => block.startsWith('npm run pack')) ?? '';
const firstRun = blocks.filter((block) => ![...setUp, pathLine, packLine].includes(block));

describe('README', () => {
  it('has the commands that the other tests here run', () => {
    expect({ setUp: setUp.length, firstRun: firstRun.length, cells: cells.length }).toEqual({
      setUp: 1,
      firstRun: 4,
      cells: 5,
    });
  });

  it('has set-up lines that the checks of every change run from a clean checkout', () => {
    const ci = readFileSync(join(top, '.ci/run'), 'utf8');
    for (const line of (setUp[0] ?? '').trim().split('\n')) expect(ci).toContain(line);
  });

  it("leads through a first run on a repository of one's own, command by command", () => {
    const { repository, env } = usersRepository();
    const { status, stdout, stderr } = shell(
      `(cd "${top}"; ${pathLine} printf %s "$PATH") > ../path`,
      repository.root,
      env,
    );
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    const script = [`PATH=$(cat ../path)${delimiter}$PATH`, ...firstRun].join('\n');
    const result = shell(script, repository.root, env);
    expect({ status: result.status, stdout: result.stdout, stderr: result.stderr }).toMatchObject({ status: 0 });
    const subjects = repository.gitOrigin('log', '--format=%s', 'main');
    expect(subjects).toContain('RQ-0001: Add a greeting to README.md');
    expect(subjects).toContain('FIX-1: Fix the typo in README.md');
  });

  it.for(cells)('has an example that works: %s', (example, { skip }) => {
    const { repository, env } = usersRepository();
    repository.queue([queueTask('RQ-0001')]);
    const tool = ['jq', 'make'].find((name) => example.includes(`${name} `)) ?? 'sh';
    skip(spawnSync(tool, ['--version']).error !== undefined, `${tool} is not installed`);
    const script = `(cd "${top}"; ${pathLine} printf %s "$PATH") > ../path; PATH=$(cat ../path)${delimiter}$PATH\n${example}`;
    const { status, stderr } = shell(script, repository.root, env);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
