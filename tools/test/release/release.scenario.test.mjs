import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { versionFiles, versionProblems, versionsIn } from '../../release/versions.mjs';

const house = fileURLToPath(new URL('../../..', import.meta.url));
const present = versionsIn(house)[0].version;

/** Makes a repository of what a release reads and writes here, with something to release. */
function workspace() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ralph-release-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const path of versionFiles(house)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(house, path), join(root, path));
  }
  cpSync(join(house, 'tools/release'), join(root, 'tools/release'), { recursive: true });
  writeFileSync(join(root, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- A thing.\n');
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', env: environment() });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@example.invalid');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  return { root, git };
}

function environment() {
  return { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
}

function run(root, script, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/release', script), ...args], {
    encoding: 'utf8',
    env: environment(),
  });
  return { status, stdout, stderr };
}

describe('a release', () => {
  it('writes one version everywhere, dates the changelog, commits and tags', () => {
    const { root, git } = workspace();
    const before = new Map(versionFiles(root).map((path) => [path, readFileSync(join(root, path), 'utf8')]));
    const told = run(root, 'run.mjs', '777.8.9');
    expect(told).toEqual({
      status: 0,
      stdout: expect.stringContaining(
        'released v777.8.9, here alone\n  next: npm ci && git push origin HEAD v777.8.9 ',
      ),
      stderr: '',
    });
    expect(new Set(versionsIn(root).map(({ version }) => version))).toEqual(new Set(['777.8.9']));
    expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toMatch(
      /^# Changelog\n\n## 777\.8\.9 - 20\d\d-\d\d-\d\d\n\n- A thing\.\n$/,
    );
    expect(git('log', '-1', '--format=%s %D').trim()).toBe('release: 777.8.9 HEAD -> main, tag: v777.8.9');
    expect(git('status', '--porcelain')).toBe('');
    // Nothing but versions has changed in them.
    for (const [path, text] of before)
      expect(readFileSync(join(root, path), 'utf8').replaceAll('777.8.9', present)).toBe(text);
    expect(run(root, 'check.mjs')).toEqual({ status: 0, stdout: '', stderr: 'versions: one\n' });
  });

  it('is not begun with changes that are not committed, an old version, or nothing to tell', () => {
    const { root, git } = workspace();
    const refused = (words) => ({ status: 1, stdout: '', stderr: expect.stringContaining(words) });
    const head = git('rev-parse', 'HEAD');
    writeFileSync(join(root, 'new'), '');
    expect(run(root, 'run.mjs', 'minor')).toEqual(refused('release: there are changes that are not committed'));
    rmSync(join(root, 'new'));
    expect(run(root, 'run.mjs', present)).toEqual(refused(`${present} does not come after ${present}`));
    git('tag', 'v99.0.0');
    expect(run(root, 'run.mjs', '99.0.0')).toEqual(refused('the tag v99.0.0 is there already'));
    writeFileSync(join(root, 'CHANGELOG.md'), `# Changelog\n\n## ${present} - 2026-01-01\n\n- Old.\n`);
    git('commit', '-q', '-a', '-m', 'released');
    expect(run(root, 'run.mjs', 'patch')).toEqual(refused('CHANGELOG.md has nothing under Unreleased'));
    expect(git('rev-parse', 'HEAD~')).toBe(head);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('takes back what it has written when git refuses the commit', () => {
    const { root, git } = workspace();
    writeFileSync(join(root, '.git/hooks/pre-commit'), '#!/bin/sh\necho no >&2\nexit 1\n');
    chmodSync(join(root, '.git/hooks/pre-commit'), 0o755);
    expect(run(root, 'run.mjs', 'minor')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'release: nothing was released: no\n',
    });
    expect([git('status', '--porcelain'), git('tag')]).toEqual(['', '']);
  });
});

describe('the check of versions', () => {
  it('holds for this workspace', () => {
    expect(versionProblems(house)).toEqual([]);
  });

  it('names each place that says something else, and a changelog without a part for it', () => {
    const { root } = workspace();
    const path = join(root, 'packages/worker/package.json');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`"${present}"`, '"0.0.1"'));
    writeFileSync(join(root, 'CHANGELOG.md'), '# Changelog\n\n## 0.0.1 - 2026-01-01\n');
    const { status, stderr } = run(root, 'check.mjs');
    expect(status).toBe(1);
    expect(stderr.split('\n')).toEqual([
      `packages/worker/package.json: version 0.0.1, but package.json says ${present}`,
      `packages/worker/package.json (@ralph/protocol): version 0.0.1, but package.json says ${present}`,
      `CHANGELOG.md: begins with 0.0.1, neither with Unreleased nor with ${present}`,
      'versions: 3 wrong',
      '',
    ]);
  });
});
