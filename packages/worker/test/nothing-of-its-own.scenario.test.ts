import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { holdsNothingOfItsOwn } from '../src/salvage/nothing-of-its-own.ts';

/** A clone whose work has been pushed, and what a script does in it. */
function workspaceAfter(script: string) {
  const folder = temporaryFolder();
  const make = `git init -q -b main first; cd first; mkdir d; echo a > a; echo b > d/b; echo '*.log' > .gitignore
    git add .; git commit -q -m first; cd ..; git clone -q first ws; cd ws; echo work > w; git add w; git commit -q -m work
    git update-ref refs/remotes/origin/main HEAD\n`;
  const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'a'],
    [`GIT_${role}_EMAIL`, 'a@a'],
  ]);
  const env = { ...testEnvironment(), ...(Object.fromEntries(who) as Record<string, string>) };
  execFileSync('sh', ['-ec', `${make}${script}`], { cwd: folder, env, stdio: 'pipe' });
  const path = join(folder, 'ws');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: path, env, encoding: 'utf8' }).trim();
  return { path, git };
}

const NOTHING = {
  'work that the remote has': '',
  'an older commit on a branch': 'git branch old HEAD~1; git tag older HEAD~1',
  'ignored files': 'echo x > x.log; mkdir -p e; echo x > e/y.log',
  'a detached HEAD at a commit of the remote': 'git checkout -q --detach HEAD~1',
};

const SOMETHING = {
  'an edit': 'echo x >> a',
  'an edit of the same length and time': 'touch -r a keep; printf "c\\n" > a; touch -r keep a; rm keep',
  'a staged edit whose file was put back': 'echo x >> a; git add a; git show HEAD:a > a',
  'a new file in a new folder': 'mkdir -p n/m; echo x > n/m/f',
  'a file that is gone': 'rm a',
  'a new mode': 'chmod +x a',
  'a file that has become a symlink': 'rm a; ln -s d/b a',
  'a file that is meant to be added': 'echo x > n; git add -N n',
  'an edit assumed unchanged': 'git update-index --assume-unchanged a; echo x >> a',
  'an edit said to be skipped': 'git update-index --skip-worktree d/b; echo x >> d/b',
  'an edit behind a file monitor':
    'git update-index --force-write-index --fsmonitor-valid a; echo x >> a; git config core.fsmonitor true',
  'a new file behind a cache of untracked ones':
    'git config core.untrackedCache true; git update-index --force-untracked-cache; git status >/dev/null; echo x > n',
  'an edit in a sparse workspace': 'git sparse-checkout set --no-cone a; echo x >> a',
  'files outside a sparse workspace': 'git sparse-checkout set --no-cone a; mkdir -p d; echo x > d/b',
  'a commit': 'echo x >> a; git commit -q -am more',
  'a detached commit': 'git checkout -q --detach; echo x >> a; git commit -q -am more',
  'a commit on another branch': 'git checkout -q -b other; echo x >> a; git commit -q -am more; git checkout -q main',
  'a tagged commit': 'git tag -a -m t kept $(git commit-tree -m t HEAD^{tree}); git pack-refs --all',
  'a commit under a ref of its own kind': 'git update-ref refs/mine/x $(git commit-tree -m t HEAD^{tree})',
  'a commit of a worktree': 'git worktree add -q --detach ../other; cd ../other; echo x >> a; git commit -q -am more',
  'a stash': 'echo x >> a; git stash -q',
  'stashes below one of the remote': 'echo x >> a; git stash -q; git stash store -m t HEAD; git pack-refs --all',
  'a rebase that has stopped':
    'git checkout -q -b o HEAD~1; echo y > w; git add w; git commit -q -m o; git rebase main || :',
  'a merge with conflicts':
    'git checkout -q -b o HEAD~1; echo y > w; git add w; git commit -q -m o; git merge main || :',
  'a repository inside': 'git init -q n; echo x > n/f',
  'an empty repository inside': 'git init -q n',
  'a pointer to a repository': 'git clone -q . n; git add n',
  'an edit in a repository that is pointed to':
    'git clone -q . n; git add n; git commit -q -m n; git update-ref refs/remotes/origin/main HEAD; echo x >> n/a',
  'no index': 'rm .git/index',
  'no HEAD': 'rm .git/HEAD',
  'a branch whose commit is missing':
    'mkdir -p .git/refs/heads; git rev-parse HEAD | tr 0-9a-f 1-9a-f0 > .git/refs/heads/lost',
  'a branch that cannot be read': 'echo nonsense > .git/refs/heads/broken',
  'a HEAD whose commit is missing': 'git rev-parse HEAD | tr 0-9a-f 1-9a-f0 > .git/HEAD',
  'an index that cannot be read': 'echo nonsense > .git/index',
  'a git folder that is elsewhere': 'mv .git ../elsewhere; echo "gitdir: ../elsewhere" > .git',
};

describe('holdsNothingOfItsOwn', () => {
  it.each(Object.entries(NOTHING))('sees that there is nothing: %s', async (_what, script) => {
    await expect(holdsNothingOfItsOwn(workspaceAfter(script).path, [])).resolves.toBe(true);
  });

  it.each(Object.entries(SOMETHING))('leaves it to those who look through all of it: %s', async (_what, script) => {
    await expect(holdsNothingOfItsOwn(workspaceAfter(script).path, [])).resolves.toBe(false);
  });

  it('counts what is saved as what others have, but nothing on top of it', async () => {
    const { path, git } = workspaceAfter('echo x >> a; git commit -q -am one; echo y >> a; git commit -q -am two');
    await expect(holdsNothingOfItsOwn(path, [git('rev-parse', 'HEAD~1')])).resolves.toBe(false);
    await expect(holdsNothingOfItsOwn(path, [git('rev-parse', 'HEAD')])).resolves.toBe(true);
    const unknown = git('rev-parse', 'HEAD').replaceAll(/./g, 'b');
    await expect(holdsNothingOfItsOwn(path, [git('rev-parse', 'HEAD'), unknown])).resolves.toBe(false);
  });
});
