import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAMS } from '../../bundle-options.mjs';
import { CLOSED, freshEnvironment, oneTaskRepository, root, runOneTask, scratchFolder, seen } from './installed.mjs';

const NAMES = PROGRAMS.map((name) => `ralph-${name}`);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { folder, remove } = scratchFolder();
const [prefix, alone] = [join(folder, 'all five'), join(folder, 'one alone')];
const env = freshEnvironment(join(folder, 'home'));

/** The line of the README that installs the programs. */
function documentedLine() {
  return /^npm run pack && npm install .*$/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))[0];
}

let install;

beforeAll(() => {
  const settings = { ...env, ...CLOSED, npm_config_prefix: prefix };
  install = seen('sh', ['-c', documentedLine()], { cwd: root, env: settings });
  const pack = join(root, `packs/ralph-orchestrate-${version}.tgz`);
  seen('npm', ['install', '--global', pack], { cwd: folder, env: { ...settings, npm_config_prefix: alone } });
});
afterAll(remove);

const installed = (name) => join(prefix, 'lib/node_modules', name);
const emptyFolder = () => mkdtempSync(join(folder, 'empty '));

describe('the packs', () => {
  it('are made and installed by the line of the README, without a registry and without scripts, and their sizes told', () => {
    expect(install.stdout).toMatch(
      /^ralph-orchestrate +\S+ +packed +\d+ kB, installed +\d+ kB +ralph-orchestrate-\S+\.tgz$/m,
    );
    expect(install.status).toBe(0);
    expect(readdirSync(join(prefix, 'bin')).toSorted()).toEqual(NAMES.toSorted());
  });

  it.each(NAMES)(
    'hold no source, test, cache or package of another beside %s, and the words of all licenses',
    (name) => {
      const files = readdirSync(installed(name), { recursive: true, encoding: 'utf8' });
      expect(files.filter((file) => /\.(?:cache|ts|map)$|node_modules|(?:^|\/)test(?:\/|$)/.test(file))).toEqual([]);
      expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/program.js']));
      const manifest = JSON.parse(readFileSync(join(installed(name), 'package.json'), 'utf8'));
      expect(manifest).toMatchObject({ name, version, license: 'MIT', engines: { node: '>=20.19' } });
      const kept = ['name', 'version', 'description', 'keywords', 'license', 'bin', 'man', 'engines', 'type', 'files'];
      expect(Object.keys(manifest).filter((key) => !kept.includes(key))).toEqual([]);
      const licenses = readFileSync(join(installed(name), 'LICENSES-OF-PACKAGES.txt'), 'utf8');
      expect(licenses).toMatch(/^ {2}zod \d\S* \(MIT\)$/m);
      expect(licenses).toMatch(/^Copyright \(c\) 2025 Colin McDonnell$/m);
    },
  );
});

describe('an installed program', () => {
  it.each(NAMES)('%s starts in any folder by the link of npm, and by a link to that', (name) => {
    const cwd = emptyFolder();
    const command = join(prefix, 'bin', name);
    symlinkSync(command, join(cwd, name));
    const said = { status: 0, stdout: `${name} ${version}\n`, stderr: '' };
    expect(seen(command, ['--version'], { cwd, env })).toEqual(said);
    expect(seen(join(cwd, name), ['--version'], { cwd: '/', env })).toEqual(said);
  });

  it('lands a task with siblings that are not on PATH', () => {
    const repo = oneTaskRepository(emptyFolder(), env);
    const run = runOneTask(join(prefix, 'bin/ralph-orchestrate'), repo, emptyFolder(), env);
    expect(run).toMatchObject({ status: 0, landed: ['.gitignore', 'made'] });
  });

  it('finds siblings of another prefix on PATH, and starts them by its own Node', () => {
    const repo = oneTaskRepository(emptyFolder(), env);
    const bad = emptyFolder();
    writeFileSync(join(bad, 'node'), '#!/bin/sh\necho a node that is not ours >&2\nexit 1\n', { mode: 0o755 });
    const other = freshEnvironment(join(folder, 'home'), bad, join(prefix, 'bin'));
    const script = join(alone, 'lib/node_modules/ralph-orchestrate/bin/ralph-orchestrate.cjs');
    const node = emptyFolder();
    symlinkSync(process.execPath, join(node, 'our node'));
    const starter = join(node, 'start');
    writeFileSync(starter, `#!/bin/sh\nexec '${join(node, 'our node')}' '${script}' "$@"\n`, { mode: 0o755 });
    expect(runOneTask(starter, repo, '/', other)).toMatchObject({ status: 0, landed: ['.gitignore', 'made'] });
  });

  it('starts nothing where siblings are missing, and says what to install', () => {
    const repo = oneTaskRepository(emptyFolder(), env);
    const program = join(alone, 'bin/ralph-orchestrate');
    const hint = `npm run pack && npm install -g ./packs/*.tgz  # in the sources of the toolbox, version ${version}; or`;
    const all = 'not to be started: ralph-lock, ralph-state, ralph-worker, ralph-integrate\n';
    const run = runOneTask(program, repo, '/', env);
    expect(run).toMatchObject({ status: 127, landed: ['.gitignore'] });
    expect(run.stderr).toContain(`${all}  next: ${hint}`);
    const doctor = seen(program, ['doctor', '--repo', repo, '--format', 'table'], { cwd: '/', env });
    expect(doctor).toMatchObject({ status: 127 });
    expect(doctor.stdout).toContain(hint);
  });

  it('warns of a sibling of another version', () => {
    const mixed = join(emptyFolder(), 'mixed');
    cpSync(prefix, mixed, { recursive: true, verbatimSymlinks: true });
    const worker = join(mixed, 'lib/node_modules/ralph-worker');
    const manifest = JSON.parse(readFileSync(join(worker, 'package.json'), 'utf8'));
    writeFileSync(join(worker, 'package.json'), JSON.stringify({ ...manifest, version: '0.0.1' }));
    const repo = oneTaskRepository(emptyFolder(), env);
    const run = runOneTask(join(mixed, 'bin/ralph-orchestrate'), repo, '/', env);
    expect(run).toMatchObject({ status: 0, landed: ['.gitignore', 'made'] });
    expect(run.stderr).toContain(`warning: ralph-orchestrate is ${version}, but others are not: ralph-worker 0.0.1\n`);
    expect(run.stderr).toContain('  next: npm run pack && npm install -g ./packs/*.tgz  #');
  });
});
