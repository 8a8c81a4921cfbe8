import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, foreignPush } from './finished-attempt.ts';
import { eventsOf, landWith, rivals } from './remedy-run.ts';

const BOTH = "printf 'theirs\\nmine\\n' >a.txt";

describe('a resolver cannot', () => {
  it.each([
    ['a replaced commit', 'git replace --graft "$own" origin/main'],
    ['grafts', 'echo "$own $(git rev-parse origin/main)" >.git/info/grafts'],
  ])('change the history of the target by %s', async (_, cheat) => {
    const { repo, attempt } = rivals();
    const orphan = `own=$(git commit-tree -m 'T-1: all new' "$(git write-tree)")`;
    const resolver = `git fetch -q origin; ${BOTH}; git add a.txt; ${orphan}; git rebase --abort; git reset -q --hard "$own"; ${cheat}`;
    await landWith(repo, [attempt], resolver, '--resolver-attempts', '1');
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n').slice(-2)).toEqual(['rival: a.txt', 'start']);
    expect(repo.git('cat-file', '-p', 'refs/ralph/attempts/T-1/1')).toContain('parent');
  });

  it.each([
    ['fails', 'exit 1', []],
    ['hangs', 'sleep 600', ['--resolver-timeout', '3']],
  ])('have our git run what it has set when it %s', async (_, ending, options) => {
    const { repo, attempt } = rivals();
    const kept = readFileSync(join(attempt.workspace, '.git/config'), 'utf8');
    writeFileSync(join(attempt.workspace, '.git/ralph/config'), kept);
    const trap = 'printf "#!/bin/sh\\ntouch $OUT/sprung\\ncat\\n" >$OUT/trap; chmod +x $OUT/trap';
    const set = [
      'git config filter.x.clean $OUT/trap; git config filter.x.smudge $OUT/trap; echo "* filter=x" >.git/info/attributes',
      'git config core.fsmonitor $OUT/trap; rm -f $OUT/sprung',
    ];
    const end = await landWith(
      repo,
      [attempt],
      `${trap}; ${set.join('; ')}; ${ending}`,
      '--resolver-attempts',
      '1',
      ...options,
    );
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'conflict' });
    expect(existsSync(join(repo.folder, 'sprung'))).toBe(false);
  });

  it.each(['--skip-worktree', '--assume-unchanged'])('hide from the gate what it judges by %s', async (flag) => {
    const repo = temporaryRepository({ 'a.txt': 'a\n' });
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'bad\n', 'c.txt': 'c\n' } });
    const resolver = `echo fine >c.txt; git commit -q -a -m c; git update-index ${flag} a.txt; echo good >a.txt`;
    const end = await landWith(repo, [attempt], resolver, '--ci', 'grep -q good a.txt');
    expect(end).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('good');
  });

  it('remove a test behind the back of git', async () => {
    const repo = temporaryRepository({ 'test.sh': 'exit 1\n' });
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const resolver = 'echo b >a.txt; git commit -q -a -m b; git update-index --skip-worktree test.sh; rm test.sh';
    const end = await landWith(repo, [attempt], resolver, '--ci', 'test ! -e test.sh || sh test.sh');
    expect(repo.gitOrigin('ls-tree', '--name-only', 'main')).toBe('a.txt');
    expect(end).toMatchObject({ status: 0 });
  });

  it.each([
    ['a secret', 'echo KEY=abcdefghij >.env; git add -f .env', '.env'],
    [
      'a secret by a ref',
      'echo KEY=abcdefghij >.env; git add -f .env; git -c core.editor=true rebase --continue; git update-ref refs/remotes/origin/main HEAD',
      '.env',
    ],
    ['a file of the run', 'mkdir -p .ralph/cache; echo x >.ralph/cache/x; git add -f .ralph/cache/x', '.ralph/cache/x'],
  ])('land %s', async (_, cheat, file) => {
    const { repo, attempt } = rivals();
    const end = await landWith(repo, [attempt], `${BOTH}; git add a.txt; ${cheat}`, '--resolver-attempts', '1');
    expect(eventOf(end, 'remediation.finished')).toMatchObject({ result: 'unresolved' });
    expect(repo.gitOrigin('ls-tree', '-r', '--name-only', 'main').split('\n')).not.toContain(file);
  });

  it('land the branch of somebody else', async () => {
    const { repo, attempt } = rivals();
    repo.git('checkout', '-q', '-b', 'feature');
    repo.write('f.txt', 'f\n');
    repo.git('add', 'f.txt');
    repo.git('commit', '-q', '-m', 'feature');
    repo.git('push', '-q', 'origin', 'feature');
    repo.git('checkout', '-q', 'main');
    const resolver = `${BOTH}; git add -A; GIT_EDITOR=true git rebase --continue; git fetch -q origin feature; git merge -q --no-edit FETCH_HEAD`;
    await landWith(repo, [attempt], resolver, '--resolver-attempts', '1');
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['rival: a.txt', 'start']);
  });
});

it('an agent cannot hide from the gate what it judges; what it has hidden is kept', async () => {
  const repo = temporaryRepository({ 'a.txt': 'a\n' });
  const attempt = finishedAttempt(repo, 'T-1', { files: { 'b.txt': 'b\n' } });
  attempt.git('update-index', '--skip-worktree', 'a.txt');
  writeFileSync(join(attempt.workspace, 'a.txt'), 'good\n');
  const end = await landWith(repo, [attempt], 'exit 1', '--ci', 'grep -q good a.txt');
  expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'ci_failed' });
  expect(repo.git('show', `${String(eventOf(end, 'work.salvaged')['ref'])}:a.txt`)).toBe('good');
});

it('in a train a red gate is mended while the others land', async () => {
  const repo = temporaryRepository({ 'a.txt': 'a\n' });
  const attempts = ['T-1', 'T-2', 'T-3', 'T-4'].map((id) =>
    finishedAttempt(repo, id, { files: { [`${id}.txt`]: id === 'T-2' || id === 'T-3' ? 'bad\n' : 'good\n' } }),
  );
  const resolver = 'echo good >$RALPH_TASK_ID.txt';
  const end = await landWith(repo, attempts, resolver, '--jobs', '4', '--ci', '! grep -q bad *.txt');
  expect(end).toMatchObject({ status: 0 });
  expect(eventsOf(end, 'task.completed')).toHaveLength(4);
  expect(
    eventsOf(end, 'remediation.finished')
      .map(({ task_id, result }) => `${String(task_id)} ${String(result)}`)
      .toSorted(),
  ).toEqual(['T-2 resolved', 'T-3 resolved']);
  expect(repo.gitOrigin('grep', '-h', 'good', 'main').split('\n')).toHaveLength(4);
});

describe('remedied work', () => {
  it.each(['push', 'branch'])(
    'lands after several remedies with --publish %s, and again changes nothing',
    async (mode) => {
      const { repo, attempt } = rivals();
      const resolver = `if test -e .git/rebase-merge; then ${BOTH}; else echo x >>count.txt; fi`;
      const args = ['--publish', mode, '--ci', 'test "$(wc -l <count.txt)" = 2'];
      const end = await landWith(repo, [attempt], resolver, ...args);
      expect(end).toMatchObject({ status: 0 });
      expect(eventsOf(end, 'remediation.finished').map(({ result }) => result)).toEqual([
        'resolved',
        'resolved',
        'resolved',
      ]);
      const branch = mode === 'push' ? 'main' : 'ralph/T-1';
      expect(repo.gitOrigin('show', `${branch}:a.txt`)).toBe('theirs\nmine');
      const before = repo.gitOrigin('for-each-ref');
      foreignPush(repo, 'b.txt', 'more\n');
      const again = await landWith(repo, [attempt], 'exit 1', ...args);
      expect(again).toMatchObject({ status: 0 });
      expect(repo.gitOrigin('for-each-ref', 'refs/heads/ralph')).toBe(
        before
          .split('\n')
          .filter((line) => line.includes('ralph'))
          .join('\n'),
      );
    },
  );
});
