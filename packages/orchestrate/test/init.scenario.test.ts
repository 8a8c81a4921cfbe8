import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtProgram, errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

const RULES = ['.ralph/cache/', '.ralph/logs/', '.ralph/lock/', '.ralph/*.lock', '.ralph/trust.jsonc'];

const init = (cwd: string, ...args: readonly string[]) => runProgram('ralph-orchestrate', ['init', ...args], { cwd });

const actions = (stdout: string) =>
  Object.fromEntries(records(stdout).map(({ step, action }) => [String(step), action]));

function snapshot({ folder }: TestRepository): string {
  const script = 'find . -printf "%p %m %T@\\n" | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum';
  return execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
}

const hasScript = spawnSync('script', ['--version']).status === 0;

/** Runs init on a terminal of its own, on which somebody has typed already. */
function onTerminal(repository: TestRepository, typed: string): string {
  const command = `"${process.execPath}" "${builtProgram('ralph-orchestrate')}" init`;
  return execFileSync('script', ['-qec', command, '/dev/null'], {
    cwd: repository.root,
    env: testEnvironment(),
    input: typed,
    encoding: 'utf8',
  });
}

describe('ralph-orchestrate init', () => {
  it('sets a repository up, shows the rules first, leaves .gitignore alone, and finds everything done afterwards', async () => {
    const repository = temporaryRepository();
    const { status, stdout, stderr } = await init(repository.root);
    expect(status).toBe(0);
    expect(actions(stdout)).toEqual({ queue: 'created', config: 'created', ignore_rules: 'added', trust: 'skipped' });
    for (const rule of RULES) expect(stderr).toContain(`    ${rule}\n`);
    expect(stderr).toContain('ralph-orchestrate init --trust');
    expect(repository.read('.git/info/exclude').split('\n')).toEqual(expect.arrayContaining(RULES));
    expect(existsSync(join(repository.root, '.gitignore'))).toBe(false);
    expect(existsSync(join(repository.root, '.ralph/trust.jsonc'))).toBe(false);
    const validated = await runProgram('ralph-state', ['task', 'validate'], { cwd: repository.root });
    expect(validated.status).toBe(0);
    const before = snapshot(repository);
    const again = await init(repository.root);
    expect(actions(again.stdout)).toEqual({
      queue: 'exists',
      config: 'exists',
      ignore_rules: 'exists',
      trust: 'skipped',
    });
    expect(snapshot(repository)).toBe(before);
  });

  it('makes a queue that takes tasks and keeps its comments, in a repository in which a run can start', async () => {
    const repository = temporaryRepository();
    await init(repository.root, '--no-trust');
    const added = await runProgram('ralph-state', ['task', 'add', '--title', 'One'], { cwd: repository.root });
    expect(added.status).toBe(0);
    expect(repository.read('.ralph/queue.jsonc')).toMatch(/\/\/ The tasks of ralph[^]*"RQ-0001"[^]*"title": "One"/);
    const doctor = await runProgram('ralph-orchestrate', ['doctor'], { cwd: repository.root });
    expect(doctor.status).toBe(0);
    expect(records(doctor.stdout).filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  it('writes the rules to .gitignore where it is told to, below what is there', async () => {
    const repository = temporaryRepository({ '.gitignore': 'dist' });
    const { stdout } = await init(repository.root, '--gitignore', '--format', 'table');
    expect(repository.read('.gitignore')).toBe(`dist\n# files of ralph runs\n${RULES.join('\n')}\n`);
    const next = /^next: (git .*)$/m.exec(stdout)?.[1] ?? 'false';
    execFileSync('sh', ['-c', next], { cwd: repository.root, env: testEnvironment() });
    expect(repository.git('status', '--porcelain')).toBe('?? .ralph/');
  });

  it.each([
    { link: '.ralph', args: [] },
    { link: '.ralph/trust.jsonc', args: ['--trust'] },
    { link: '.gitignore', args: ['--gitignore'] },
  ])('writes nothing through a symlink $link', async ({ link, args }) => {
    const repository = temporaryRepository();
    const victim = join(repository.folder, 'victim');
    mkdirSync(victim);
    writeFileSync(join(victim, 'file'), '{"keep":1}');
    mkdirSync(dirname(join(repository.root, link)), { recursive: true });
    symlinkSync(link === '.ralph' ? victim : join(victim, 'file'), join(repository.root, link));
    const before = snapshot(repository);
    const { status, stderr } = await init(repository.root, ...args);
    expect(status).toBe(78);
    expect(errorRecord(stderr)).toMatchObject({ code: 'config_invalid' });
    expect(snapshot(repository)).toBe(before);
  });

  it('gives trust in a file of the user alone, and leaves the rest of it', async () => {
    const repository = temporaryRepository();
    expect(actions((await init(repository.root, '--trust')).stdout)['trust']).toBe('created');
    const path = join(repository.root, '.ralph/trust.jsonc');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(repository.read('.ralph/trust.jsonc').replaceAll(/^\s*\/\/.*$/gm, ''))).toMatchObject({
      allow_project_commands: true,
    });
    expect(actions((await init(repository.root, '--trust')).stdout)['trust']).toBe('exists');
    repository.write('.ralph/trust.jsonc', '{"allow_project_commands":false,"why":"not mine"}');
    expect(actions((await init(repository.root, '--no-trust')).stdout)['trust']).toBe('exists');
    expect(actions((await init(repository.root, '--trust')).stdout)['trust']).toBe('created');
    expect(JSON.parse(repository.read('.ralph/trust.jsonc').replaceAll(/^\s*\/\/.*$/gm, ''))).toMatchObject({
      allow_project_commands: true,
      why: 'not mine',
    });
  });

  it('shows everything and writes nothing with --dry-run', async () => {
    const repository = temporaryRepository();
    const before = snapshot(repository);
    const { stdout } = await init(repository.root, '--dry-run', '--trust', '--gitignore');
    expect(actions(stdout)).toEqual({
      queue: 'would_create',
      config: 'would_create',
      ignore_rules: 'would_add',
      trust: 'would_create',
    });
    expect(records(stdout)[1]?.['content']).toContain('// "workers": 2,');
    expect(snapshot(repository)).toBe(before);
  });

  it('refuses to trust and not to trust', async () => {
    const repository = temporaryRepository();
    const { status, stderr } = await init(repository.root, '--trust', '--no-trust');
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 64, code: 'usage' });
  });

  // Without script(1) there is no terminal for it to ask on.
  it.skipIf(!hasScript).each([
    ['g\ny\n', true, true],
    ['\n\n', false, false],
    ['n\nno\n', false, false],
  ])(
    `asks on a terminal; typed %j${hasScript ? '' : ' (skipped: script(1) is not installed)'}`,
    (typed, inGitignore, trusted) => {
      const repository = temporaryRepository();
      const shown = onTerminal(repository, typed);
      expect(shown).toMatch(/\.ralph\/cache\/[^]*nowhere\? \[e\][^]*run commands here[^]*created +config/);
      expect(existsSync(join(repository.root, '.gitignore'))).toBe(inGitignore);
      expect(existsSync(join(repository.root, '.ralph/trust.jsonc'))).toBe(trusted);
      expect(repository.read('.git/info/exclude').includes('.ralph/cache/')).toBe(typed.startsWith('\n'));
    },
  );

  // Without script(1) there is no terminal.
  it.skipIf(!hasScript)(
    `takes the end of the input for no answer to any question${hasScript ? '' : ' (skipped: script(1) is not installed)'}`,
    () => {
      const repository = temporaryRepository();
      expect(onTerminal(repository, '\u0004')).toMatch(/nowhere\? \[e\][^]*created +config[^]*skipped +trust/);
    },
  );

  // Without script(1) there is no terminal.
  it.skipIf(!hasScript)(
    `does not ask for the trust that it has${hasScript ? '' : ' (skipped: script(1) is not installed)'}`,
    async () => {
      const repository = temporaryRepository();
      await init(repository.root, '--trust');
      expect(onTerminal(repository, '')).toMatch(/^exists +queue/);
    },
  );
});
