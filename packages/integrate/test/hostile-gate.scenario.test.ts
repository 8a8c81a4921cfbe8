import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt } from './finished-attempt.ts';
import { judged } from './gate-run.ts';

/** A gate whose tests, which are the agent's, set traps for the git that lands the work. */
function trappingGate(repo: TestRepository): string {
  const trap = scriptedCommand(repo.folder, 'trap', `echo "$0" >> ${repo.folder}/trapped; exec cat`);
  const keys =
    'filter.trap.clean filter.trap.smudge gpg.program core.sshCommand remote.origin.receivepack diff.external';
  return scriptedCommand(
    repo.folder,
    'gate',
    `for key in ${keys}; do git config $key ${trap}; done; git config commit.gpgsign true
git config core.worktree ${repo.root}; printf '* filter=trap\\n' > .git/info/attributes
rm -rf .git/logs/HEAD; ln -s ${repo.folder}/victim .git/logs/HEAD; ln -sf ${repo.folder}/victim .git/ORIG_HEAD`,
  );
}

describe('the tests of an agent, run by the gate,', () => {
  it.each([
    ['alone', []],
    ['beside another gate', ['--gate', 'lint=true', '--gates-at-once']],
  ])('%s, cannot have our git run or write anything, and the work lands', async (_, more) => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const victim = join(repo.folder, 'victim');
    writeFileSync(victim, 'precious\n');
    const before = repo.git('status', '--porcelain', '--', ':!.ralph');
    const end = await judged(repo, attempt, ['--ci', trappingGate(repo), ...more]);
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
    expect(existsSync(join(repo.folder, 'trapped'))).toBe(false);
    expect(readFileSync(victim, 'utf8')).toBe('precious\n');
    expect(repo.git('status', '--porcelain', '--', ':!.ralph')).toBe(before);
  });

  it('that put pipes where git reads hold nobody, and the work lands', async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n', 'sub/b.txt': 'b\n' } });
    const pipes =
      '.gitattributes .gitignore .gitmodules .mailmap sub/.gitattributes sub/.gitignore .git/info/attributes';
    const gate = scriptedCommand(repo.folder, 'gate', `for name in ${pipes}; do rm -f $name; mkfifo $name; done`);
    const end = await judged(repo, attempt, ['--ci', gate]);
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('show', 'main:sub/b.txt')).toBe('b');
  });

  it("that put the user's git folder in the place of the workspace's are followed nowhere", async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const seen = () => [repo.read('.git/config'), repo.git('rev-parse', 'HEAD'), repo.git('reflog')];
    const before = seen();
    const gate = scriptedCommand(repo.folder, 'gate', `mv .git ${repo.folder}/own; ln -s ${repo.root}/.git .git`);
    const end = await judged(repo, attempt, ['--ci', gate]);
    expect(end.status).toBe(1);
    expect(eventOf(end, 'task.failed')).toMatchObject({ code: 'workspace_missing' });
    expect(seen()).toEqual(before);
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('start');
  });
});

describe('a line that names another place as the workspace', () => {
  it.each(['/', 'a folder', 'a clone', 'the repository', 'a link to a clone'])(
    'as %s: nothing is done there',
    async (what) => {
      const repo = temporaryRepository();
      const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
      const clone = join(repo.folder, 'victim');
      runGit(repo.folder, ['clone', '-q', repo.origin, clone]);
      writeFileSync(join(clone, 'README.md'), 'edited\n');
      writeFileSync(join(clone, 'new.txt'), 'new\n');
      symlinkSync(clone, join(repo.folder, 'T-1'));
      const seen = () => [runGit(clone, ['status', '--porcelain']), runGit(clone, ['reflog']), repo.git('reflog')];
      const before = seen();
      const places: Record<string, string> = {
        '/': '/',
        'a folder': repo.folder,
        'a clone': clone,
        'the repository': repo.root,
        'a link to a clone': join(repo.folder, 'T-1'),
      };
      const named = { ...(JSON.parse(line) as object), workspace_path: places[what] };
      const end = await judged(repo, { line: JSON.stringify(named) }, []);
      expect(end.status).toBe(1);
      expect(eventOf(end, 'task.failed')).toMatchObject({ code: 'workspace_missing' });
      expect(seen()).toEqual(before);
    },
  );
});
