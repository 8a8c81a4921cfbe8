import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  queueTask,
  runGit,
  temporaryRepository,
  type TestRepository,
} from '@ralph/protocol/testing/temporary-repository';
import { runOnGitHub, runOnGitLab } from './support/ci-jobs.ts';
import { Forge, recipesOf } from './support/ci-machine.ts';

const recipes = recipesOf('docs/ci.md');
const recipe = (name: string) => recipes.get(name) ?? '';
const GITHUB_LAND = '.github/workflows/land.yml land';
const GITHUB_NIGHTLY = '.github/workflows/nightly.yml nightly';
const GITLAB_LAND = '.gitlab-ci.yml land';
const GITLAB_NIGHTLY = '.gitlab-ci.yml nightly';

/** Both take what they run from the same lines. */
const land = [
  { forge: 'GitHub', run: runOnGitHub, text: recipe(GITHUB_LAND) },
  { forge: 'GitLab', run: runOnGitLab, text: recipe(GITLAB_LAND) },
];
const nightly = [
  { forge: 'GitHub', run: runOnGitHub, text: recipe(GITHUB_NIGHTLY) },
  { forge: 'GitLab', run: runOnGitLab, text: recipe(GITLAB_NIGHTLY) },
];

/** An origin with a gate that a file `bad` fails, and, where tasks are given, a queue that git tracks. */
function origin(...ids: readonly string[]): TestRepository {
  const repo = temporaryRepository({
    'README.md': '# project\n',
    gate: 'test ! -f bad\n',
    '.gitignore': '.ralph/cache/\n.ralph/logs/\n.ralph/*.lock\n',
  });
  if (ids.length > 0) repo.queue(ids.map((id) => queueTask(id)));
  repo.git('add', '-A');
  repo.git('commit', '-q', '--allow-empty', '-m', 'queue');
  repo.git('push', '-q', 'origin', 'main');
  return repo;
}

function commit(repo: TestRepository, path: string): void {
  repo.write(path, `${path}\n`);
  repo.git('add', '-A');
  repo.git('commit', '-q', '-m', path);
}

/** A branch of three commits that began before the last two of main. */
function branchBehindMain(repo: TestRepository, branch: string): void {
  repo.git('checkout', '-q', '-b', branch);
  for (const path of ['one', 'two', 'three']) commit(repo, path);
  repo.git('push', '-q', 'origin', branch);
  repo.git('checkout', '-q', 'main');
  for (const path of ['meanwhile', 'later']) commit(repo, path);
  repo.git('push', '-q', 'origin', 'main');
}

const subjects = (repo: TestRepository) => repo.gitOrigin('log', '--format=%s', 'main').split('\n');

it('finds the four recipes of the page, each with a place for the version of the toolbox', () => {
  expect([...recipes.keys()]).toEqual([GITHUB_LAND, GITLAB_LAND, GITHUB_NIGHTLY, GITLAB_NIGHTLY]);
  const pins = [...recipes.values()].map((text) =>
    /ref: .*RALPH_TOOLBOX_REF|--branch "\$RALPH_TOOLBOX_REF"/.test(text),
  );
  expect(pins).toEqual([true, true, true, true]);
});

describe.each(land)('the recipe that lands one branch, on $forge', ({ run, text }) => {
  it('lands it on top of what main has by then, and removes it', () => {
    const repo = origin();
    branchBehindMain(repo, 'ralph/FIX-7');
    const forge = new Forge(repo, 'exit 1');
    const end = run(forge, text, { machine: forge.newMachine(), branch: 'ralph/FIX-7', number: 12 });
    expect(end).toMatchObject({ status: 0, isGreen: true });
    expect(subjects(repo)).toEqual(['three', 'two', 'one', 'later', 'meanwhile', 'queue', 'start']);
    expect(repo.gitOrigin('branch', '--list', 'ralph/*')).toBe('');
    expect(end.stdout + end.stderr).not.toContain('s3cret');
  });

  it('moves its task to done, and lands what was mended on a machine that keeps the red try', () => {
    const repo = origin('RQ-0001');
    branchBehindMain(repo, 'ralph/RQ-0001');
    repo.git('checkout', '-q', 'ralph/RQ-0001');
    commit(repo, 'bad');
    repo.git('push', '-q', 'origin', 'ralph/RQ-0001');
    const forge = new Forge(repo, 'exit 1');
    const machine = forge.newMachine();
    expect(run(forge, text, { machine, branch: 'ralph/RQ-0001', number: 3 })).toMatchObject({ status: 1 });
    expect(subjects(repo)[0]).toBe('later');
    repo.git('rm', '-q', 'bad');
    repo.git('commit', '-q', '-m', 'good');
    repo.git('push', '-q', 'origin', 'ralph/RQ-0001');
    const end = run(forge, text, { machine, branch: 'ralph/RQ-0001', number: 4 });
    expect(end).toMatchObject({ status: 0 });
    expect(subjects(repo).slice(0, 3)).toEqual(['RQ-0001: move to done', 'good', 'bad']);
  });

  it('leaves a commit that arrives while the gate runs, and is green', () => {
    const repo = origin();
    branchBehindMain(repo, 'ralph/FIX-7');
    repo.write('gate', `git -C '${repo.root}' push -q origin next:ralph/FIX-7\n`);
    repo.git('commit', '-q', '-a', '-m', 'another gate');
    repo.git('push', '-q', 'origin', 'main');
    repo.git('checkout', '-q', '-b', 'next', 'ralph/FIX-7');
    commit(repo, 'newer');
    const forge = new Forge(repo, 'exit 1');
    const end = run(forge, text, { machine: forge.newMachine(), branch: 'ralph/FIX-7', number: 12 });
    expect({ status: end.status, said: end.stdout + end.stderr }).toMatchObject({ status: 0 });
    expect(subjects(repo).slice(0, 2)).toEqual(['three', 'two']);
    expect(repo.gitOrigin('log', '-1', '--format=%s', 'ralph/FIX-7')).toBe('newer');
    expect(end.stdout).toContain('landed; the branch stays');
  });

  it('is green where the forge lets nobody delete the branch', () => {
    const repo = origin();
    branchBehindMain(repo, 'ralph/FIX-7');
    repo.gitOrigin('config', 'receive.denyDeletes', 'true');
    const forge = new Forge(repo, 'exit 1');
    const end = run(forge, text, { machine: forge.newMachine(), branch: 'ralph/FIX-7', number: 12 });
    expect(end).toMatchObject({ status: 0, isGreen: true });
    expect(subjects(repo)[0]).toBe('three');
  });

  it('does nothing in a clone that is too shallow, and says what is missing', () => {
    const repo = origin();
    branchBehindMain(repo, 'ralph/FIX-7');
    const forge = new Forge(repo, 'exit 1');
    const end = run(forge, text, { machine: forge.newMachine(), branch: 'ralph/FIX-7', number: 1, depth: 2 });
    expect(end).toMatchObject({ status: 1 });
    expect(end.stderr).toContain('fetch --unshallow');
    expect(subjects(repo)[0]).toBe('later');
  });
});

describe.each(nightly)('the nightly recipe, on $forge', ({ run, text }) => {
  const AGENT =
    'test "$1" = -p; echo work > "$RALPH_TASK_ID"; test "$RALPH_TASK_ID" != RQ-0002 || test -f "$HOME/morning"';

  it('lands what it can, is red when something did not, and goes on the next night with what was kept', () => {
    const repo = origin('RQ-0001', 'RQ-0002');
    const forge = new Forge(repo, AGENT);
    const first = run(forge, text, { machine: forge.newMachine(), branch: 'main', number: 1 });
    expect(first).toMatchObject({ status: 2, isGreen: false, artifacts: ['report.html'] });
    expect(subjects(repo).slice(0, 2)).toEqual(['RQ-0001: move to done', 'RQ-0001: Task RQ-0001']);
    repo.write('../morning', '');
    const machine = forge.newMachine();
    const second = run(forge, text, { machine, branch: 'main', number: 2 });
    expect({ status: second.status, said: second.stdout + second.stderr }).toMatchObject({ status: 0 });
    expect(subjects(repo).slice(0, 2)).toEqual(['RQ-0002: move to done', 'RQ-0002: Task RQ-0002']);
    const clone = join(machine, run === runOnGitHub ? 'work' : 'project');
    const kept = runGit(clone, ['for-each-ref', '--format=%(refname)', 'refs/ralph/salvage', 'refs/ralph/attempts']);
    expect(kept.split('\n')).toEqual(
      expect.arrayContaining(['refs/ralph/salvage/RQ-0002/1', 'refs/ralph/attempts/RQ-0002/2']),
    );
    expect(second.stdout + second.stderr).not.toContain('s3cret');
  });

  it('works although main was rewritten, and sets aside what it kept of the old history', () => {
    const repo = origin('RQ-0001');
    const forge = new Forge(repo, 'echo work > made; test -f "$HOME/morning"');
    const first = run(forge, text, { machine: forge.newMachine(), branch: 'main', number: 1 });
    expect(first).toMatchObject({ status: 2 });
    repo.git('commit', '-q', '--amend', '-m', 'rewritten');
    repo.git('push', '-q', '--force', 'origin', 'main');
    repo.write('../morning', '');
    const second = run(forge, text, { machine: forge.newMachine(), branch: 'main', number: 2 });
    expect({ status: second.status, said: second.stdout + second.stderr }).toMatchObject({ status: 0 });
    expect(subjects(repo).slice(0, 3)).toEqual(['RQ-0001: move to done', 'RQ-0001: Task RQ-0001', 'rewritten']);
    expect(second.stdout).toContain('is set aside: kept-until-2.bundle');
    expect(forge.cachedBundles()).toContain('kept-until-2.bundle');
  });

  it('is not red when the provider has had enough', () => {
    const repo = origin('RQ-0001');
    const forge = new Forge(repo, 'echo "429 rate limit reached"; exit 1');
    const end = run(forge, text, { machine: forge.newMachine(), branch: 'main', number: 1 });
    expect({ green: end.isGreen, said: end.stderr }).toMatchObject({
      green: true,
      said: expect.stringContaining('rate_limited') as string,
    });
  });

  it('lands in a shallow clone, with nothing kept', () => {
    const repo = origin('RQ-0001');
    for (const path of ['a', 'b', 'c']) commit(repo, path);
    repo.git('push', '-q', 'origin', 'main');
    const forge = new Forge(repo, AGENT);
    const end = run(forge, text, { machine: forge.newMachine(), branch: 'main', number: 1, depth: 1 });
    expect({ status: end.status, said: end.stdout + end.stderr }).toMatchObject({ status: 0 });
    expect(subjects(repo)[0]).toBe('RQ-0001: move to done');
  });
});

it('work that was blocked one night is landed the next one, after the line that the page names', () => {
  const repo = origin('RQ-0001');
  const text = recipe(GITLAB_NIGHTLY);
  const forge = new Forge(repo, 'test ! -f "$HOME/morning" && echo bad > bad');
  const machine = forge.newMachine();
  expect(runOnGitLab(forge, text, { machine, branch: 'main', number: 1 })).toMatchObject({
    status: 2,
  });
  repo.git('pull', '-q', 'origin', 'main');
  repo.write('gate', 'test -f bad\n');
  repo.git('commit', '-q', '-a', '-m', 'another gate');
  repo.git('push', '-q', 'origin', 'main');
  repo.write('../morning', '');
  // Machines come and go under the same path.
  rmSync(dirname(machine), { recursive: true });
  mkdirSync(machine, { recursive: true });
  const asking = text.replace(/^( *- )(?=ralph-orchestrate run )/m, '$1ralph-orchestrate retry RQ-0001\n$1');
  const end = runOnGitLab(forge, asking, { machine, branch: 'main', number: 2 });
  expect({ status: end.status, said: end.stdout + end.stderr }).toMatchObject({ status: 0 });
  expect(subjects(repo)[0]).toBe('RQ-0001: move to done');
});
