import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import {
  ATTEMPT,
  HONEST,
  HOSTILE,
  honestWork,
  leftProcesses,
  runHostile,
  SALVAGE,
  UNDISTURBED,
  usersView,
} from './hostile-run.ts';

describe('a hostile agent, beside an honest one,', () => {
  it('that changes refs, stashes, config and hooks changes those of its workspace alone', async () => {
    const repo = temporaryRepository();
    const before = usersView(repo);
    const run = await runHostile(
      repo,
      `echo stashed >> README.md; git stash -q
git config user.name Evil; git config core.hooksPath "$PWD/.git/evil"; git remote set-url origin /evil; git config alias.status '!true'
mkdir .git/evil; for hook in pre-commit post-commit reference-transaction post-checkout fsmonitor; do
printf '#!/bin/sh\\ntouch "%s/ran"\\n' "$OUT" > .git/evil/$hook; cp .git/evil/$hook .git/hooks/$hook; done 2>/dev/null
chmod +x .git/evil/*; rm -f "$OUT/ran"
echo secret >> .git/info/exclude; git tag evil
git -c core.hooksPath=/dev/null checkout -q --detach; git -c core.hooksPath=/dev/null branch -q -D main
git -c core.hooksPath=/dev/null update-ref -d refs/remotes/origin/main; git gc -q --prune=now
git config core.fsmonitor "$PWD/.git/evil/fsmonitor"; rm -f "$OUT/ran"
echo done > done.txt; touch "$OUT/acted"`,
    );
    expect(run.status).toBe(0);
    expect(usersView(repo)).toEqual(before);
    expect(readFileSync(join(repo.folder, 'seen'), 'utf8').split('\n')).toEqual([
      'refs/heads/main',
      'refs/remotes/origin/main',
      `remote.origin.url ${repo.origin}`,
      `remote.origin.pushurl ${repo.origin}`,
      'remote.origin.fetch +refs/heads/*:refs/remotes/origin/*',
      'user.name Test',
      'user.email test@example.invalid',
      '',
    ]);
    // No hook of an agent's runs in what we do after it has ended.
    expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(repo.git('show', `${ATTEMPT}:done.txt`)).toBe('done');
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it.each([
    ['a link to', `ln -s "$OUT/repo/.git" .git`],
    ['a file that names', `echo "gitdir: $OUT/repo/.git" > .git`],
    ['one that shares', `mkdir .git; echo "$OUT/repo/.git" > .git/commondir; cp "$OUT/repo/.git/HEAD" .git/HEAD`],
  ])("that makes its git folder %s the user's changes nothing there, and its files are kept", async (_, lure) => {
    const repo = temporaryRepository();
    const before = usersView(repo);
    const run = await runHostile(
      repo,
      `rm -rf .git; ${lure}; touch "$OUT/repo/.git/index.lock"; echo half > half.txt; touch "$OUT/acted"`,
    );
    expect(existsSync(join(repo.root, '.git/index.lock'))).toBe(true);
    expect(usersView(repo)).toEqual(before);
    expect(run.events('task.failed')).toMatchObject([{ task_id: HOSTILE, code: 'agent_failed', salvage_ref: SALVAGE }]);
    expect(repo.git('show', `${SALVAGE}:half.txt`)).toBe('half');
    expect(readdirSync(repo.workspaces)).toEqual([HONEST]);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it.each([
    ['settings', 'echo "[broken" > .git/config'],
    ['HEAD', 'rm .git/HEAD'],
    ['index', 'echo broken > .git/index'],
  ])('that breaks its %s loses no commit of any branch', async (_, ruin) => {
    const repo = temporaryRepository();
    const run = await runHostile(
      repo,
      `git checkout -q -b side; echo side > side.txt; git add side.txt; git commit -q -m side; git checkout -q main
echo half > half.txt; ${ruin}; touch "$OUT/acted"; exit 1`,
    );
    expect(run.status).toBe(2);
    expect(run.events('task.failed')).toMatchObject([{ task_id: HOSTILE, salvage_ref: SALVAGE }]);
    expect(repo.git('show', `${SALVAGE}:half.txt`)).toBe('half');
    expect(repo.git('log', '--format=%s', `main..${SALVAGE}`).split('\n')).toContain('side');
    expect(repo.git('fsck', '--no-dangling')).toBe('');
    expect(readdirSync(repo.workspaces)).toEqual([HONEST]);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it('that leaves a rebase half done fails for it, and all its commits and edits are kept', async () => {
    const repo = temporaryRepository();
    const run = await runHostile(
      repo,
      `echo a > f; git add f; git commit -q -m a; git checkout -q -b other HEAD~1; echo b > f; git add f; git commit -q -m b
git rebase main; echo half > half.txt; touch "$OUT/acted"; exit 0`,
    );
    expect(run.status).toBe(2);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(run.events('task.failed')).toMatchObject([
      {
        task_id: HOSTILE,
        code: 'agent_failed',
        reason: expect.stringContaining('a rebase in progress'),
        salvage_ref: SALVAGE,
      },
    ]);
    expect(repo.git('log', '--format=%s', `main..${SALVAGE}`).split('\n')).toEqual(expect.arrayContaining(['a', 'b']));
    expect(repo.git('show', `${SALVAGE}:half.txt`)).toBe('half');
    expect(readdirSync(repo.workspaces)).toEqual([HONEST]);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it.each([
    ['commits .env', 'git add -f .env; git commit -q -m one', '.env'],
    [
      'takes it out again',
      'git add -f .env; git commit -q -m one; git rm -q --cached .env; git commit -q -m two',
      '.env',
    ],
    [
      'merges a branch that had it',
      `git checkout -q -b side; git add -f .env; git commit -q -m one; git rm -q --cached .env; git commit -q -m two
git checkout -q main; git commit -q --allow-empty -m three; git merge -q --no-edit side`,
      '.env',
    ],
    [
      'renames a file to one',
      'git mv README.md config.env; mkdir sub; git mv config.env sub/.env.local; git commit -q -m one',
      'sub/.env.local',
    ],
    [
      'trusts its own configuration',
      'mkdir .ralph; echo {} > .ralph/trust.jsonc; git add -f .ralph; git commit -q -m one',
      '.ralph/trust.jsonc',
    ],
    [
      'leads records of the run elsewhere by a link',
      'mkdir -p .ralph; ln -s /etc .ralph/cache; git add -f .ralph/cache; git commit -q -m one',
      '.ralph/cache',
    ],
  ])('that %s is refused: nothing is handed on, all of it is kept', async (_, act, file) => {
    const repo = temporaryRepository();
    const run = await runHostile(repo, `echo "TOKEN=hunter2" > .env; ${act}; echo more > more.txt; touch "$OUT/acted"`);
    expect(run.status).toBe(2);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(run.events('task.failed')).toMatchObject([
      {
        task_id: HOSTILE,
        code: 'secrets_committed',
        reason: expect.stringMatching(`^agent committed ${file}: `),
        salvage_ref: SALVAGE,
      },
    ]);
    expect(JSON.stringify(run.lines)).not.toContain('hunter2');
    expect(repo.git('log', '--format=%s', `main..${ATTEMPT}`)).toContain('one');
    expect(repo.git('show', `${SALVAGE}:more.txt`)).toBe('more');
    expect(readdirSync(repo.workspaces)).toEqual([HONEST]);
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it('that commits a .env which the base has, and an example, is taken for honest', async () => {
    const repo = temporaryRepository({ '.env': 'A=1\n' });
    const run = await runHostile(
      repo,
      `git rm -q .env; git commit -q -m out; echo A=2 > .env; echo A= > .env.example; git add -f .; git commit -q -m in; touch "$OUT/acted"`,
    );
    expect(run.status).toBe(0);
    expect(repo.git('diff', '--name-only', 'main', ATTEMPT).split('\n')).toEqual(['.env', '.env.example']);
  });
});
