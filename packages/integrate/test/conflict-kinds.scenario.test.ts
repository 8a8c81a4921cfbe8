import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf, finishedAttempt, parkHead, type FinishedAttempt } from './finished-attempt.ts';
import { handoffsIn, landWith, RUN } from './remedy-run.ts';

const LINES = `${Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n')}\n`;

/** What one side does to a clone before it commits everything. */
type Edit = (folder: string) => void;

const write =
  (path: string, text: string): Edit =>
  (folder) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
const remove =
  (path: string): Edit =>
  (folder) =>
    rmSync(join(folder, path));
const move =
  (from: string, to: string): Edit =>
  (folder) =>
    void runGit(folder, ['mv', from, to]);
const all =
  (...edits: readonly Edit[]): Edit =>
  (folder) =>
    edits.forEach((edit) => edit(folder));

interface Sides {
  readonly repo: TestRepository;
  readonly attempt: FinishedAttempt;
}

/** An attempt at a repository and a rival's push, each of which has made an edit. */
function sides(files: Readonly<Record<string, string>>, mine: Edit, theirs: Edit): Sides {
  const repo = temporaryRepository(files);
  const attempt = finishedAttempt(repo, 'T-1', { files: { 'own.txt': 'own\n' } });
  mine(attempt.workspace);
  attempt.git('add', '-A');
  attempt.git('commit', '-q', '--amend', '-m', 'T-1: work');
  parkHead(repo, attempt, 'T-1');
  const rival = join(repo.folder, 'rival');
  runGit(repo.folder, ['clone', '-q', repo.origin, rival]);
  theirs(rival);
  runGit(rival, ['add', '-A']);
  runGit(rival, ['-c', 'user.name=R', '-c', 'user.email=r@r', 'commit', '-q', '-m', 'rival']);
  runGit(rival, ['push', '-q', 'origin', 'HEAD:main']);
  return { repo, attempt };
}

const sorted = (names: unknown) => [...(names as string[])].toSorted();

describe('files in conflict are told exactly', () => {
  it.each<[string, Record<string, string>, Edit, Edit, string[]]>([
    [
      'names with spaces, quotes, newlines and other letters',
      { ' a "b" c.txt': 'old\n', 'two\nlines': 'old\n', "it's\ttab": 'old\n', 'grün 漢字': 'old\n', '-x': 'old\n' },
      all(...[' a "b" c.txt', 'two\nlines', "it's\ttab", 'grün 漢字', '-x'].map((name) => write(name, 'mine\n'))),
      all(...[' a "b" c.txt', 'two\nlines', "it's\ttab", 'grün 漢字', '-x'].map((name) => write(name, 'theirs\n'))),
      [' a "b" c.txt', 'two\nlines', "it's\ttab", 'grün 漢字', '-x'],
    ],
    ['deleted by the task', { 'a.txt': 'old\n' }, remove('a.txt'), write('a.txt', 'theirs\n'), ['a.txt']],
    ['deleted by the target', { 'a.txt': 'old\n' }, write('a.txt', 'mine\n'), remove('a.txt'), ['a.txt']],
    ['added by both', { x: 'x\n' }, write('a.txt', 'mine\n'), write('a.txt', 'theirs\n'), ['a.txt']],
    [
      'renamed by both',
      { 'old.txt': LINES },
      move('old.txt', 'mine.txt'),
      move('old.txt', 'theirs.txt'),
      ['mine.txt', 'old.txt', 'theirs.txt'],
    ],
    [
      'renamed by the target and changed by both',
      { 'old.txt': LINES },
      write('old.txt', `mine\n${LINES}`),
      all(move('old.txt', 'new name.txt'), write('new name.txt', `theirs\n${LINES}`)),
      ['new name.txt'],
    ],
    [
      'made a link by the task',
      { 'a.txt': 'old\n' },
      all(remove('a.txt'), (folder) => symlinkSync('own.txt', join(folder, 'a.txt'))),
      write('a.txt', 'theirs\n'),
      ['a.txt', 'a.txt~HEAD'],
    ],
  ])('%s', async (_, files, mine, theirs, expected) => {
    const { repo, attempt } = sides(files, mine, theirs);
    const end = await runProgram('ralph-integrate', [...RUN, '--no-resolver'], {
      cwd: repo.root,
      stdin: `${attempt.line}\n`,
    });
    const told = sorted(eventOf(end, 'rebase.conflicted')['files']);
    expect(told).toEqual(sorted(expected));
    expect(sorted(handoffsIn(attempt.workspace, 'T-1')[0]?.conflict_files)).toEqual(told);
    expect(attempt.git('rev-parse', 'HEAD')).toBe(attempt.git('rev-parse', 'refs/heads/main'));
    expect(existsSync(attempt.git('rev-parse', '--git-path', 'rebase-merge'))).toBe(false);
  });

  it('submodules, which the resolver may settle', async () => {
    const inner = temporaryRepository({ 'a.txt': 'a\n' });
    const commitIn = (name: string) => {
      inner.write(name, 'x\n');
      inner.git('add', '-A');
      inner.git('commit', '-q', '-m', name);
      const commit = inner.git('rev-parse', 'HEAD');
      inner.git('push', '-q', 'origin', `HEAD:refs/heads/${name}`);
      inner.git('reset', '-q', '--hard', 'HEAD~1');
      return commit;
    };
    const [first, mine, theirs] = [inner.git('rev-parse', 'HEAD'), commitIn('mine'), commitIn('theirs')];
    const pointTo = (commit: string): Edit => {
      const text = `[submodule "sub"]\n\tpath = sub\n\turl = ${inner.origin}\n`;
      return (folder) => {
        write('.gitmodules', text)(folder);
        runGit(folder, ['update-index', '--add', '--cacheinfo', `160000,${commit},sub`]);
        mkdirSync(join(folder, 'sub'), { recursive: true });
      };
    };
    const repo = temporaryRepository();
    pointTo(first)(repo.root);
    repo.git('add', '.gitmodules');
    repo.git('commit', '-q', '-m', 'submodule');
    repo.git('push', '-q', 'origin', 'main');
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'own.txt': 'own\n' } });
    pointTo(mine)(attempt.workspace);
    attempt.git('commit', '-q', '--amend', '-m', 'T-1: work');
    parkHead(repo, attempt, 'T-1');
    const rival = join(repo.folder, 'rival');
    runGit(repo.folder, ['clone', '-q', repo.origin, rival]);
    pointTo(theirs)(rival);
    runGit(rival, ['-c', 'user.name=R', '-c', 'user.email=r@r', 'commit', '-q', '-m', 'rival']);
    runGit(rival, ['push', '-q', 'origin', 'HEAD:main']);
    const end = await landWith(repo, [attempt], `git update-index --add --cacheinfo 160000,${mine},sub`);
    expect(eventOf(end, 'rebase.conflicted')['files']).toEqual(['sub']);
    expect(eventOf(end, 'remediation.finished')).toMatchObject({ result: 'resolved' });
    expect(repo.gitOrigin('rev-parse', 'main:sub')).toBe(mine);
  });
});

describe('the resolver settles', () => {
  it.each<[string, Record<string, string>, Edit, Edit, string, Record<string, string>]>([
    [
      'a deletion by the task, which stays',
      { 'a.txt': 'old\n' },
      remove('a.txt'),
      write('a.txt', 'theirs\n'),
      'rm a.txt',
      { 'own.txt': 'own' },
    ],
    [
      'a deletion by the target, against which the change is kept',
      { 'a.txt': 'old\n' },
      write('a.txt', 'mine\n'),
      remove('a.txt'),
      'true',
      { 'a.txt': 'mine' },
    ],
    [
      'two renames of one file',
      { 'old.txt': LINES },
      move('old.txt', 'mine.txt'),
      move('old.txt', 'theirs.txt'),
      'git rm -q --cached old.txt theirs.txt; rm -f theirs.txt',
      { 'mine.txt': LINES.trimEnd() },
    ],
    [
      'a file that the target has moved',
      { 'old.txt': LINES },
      write('old.txt', `mine\n${LINES}`),
      all(move('old.txt', 'new name.txt'), write('new name.txt', `theirs\n${LINES}`)),
      'sed -i "/^[<=>|]\\{7\\}/d" "new name.txt"',
      { 'new name.txt': `theirs\nmine\n${LINES.trimEnd()}` },
    ],
    [
      'names with spaces, quotes and newlines',
      { ' a "b"\nc': 'old\n' },
      write(' a "b"\nc', 'mine\n'),
      write(' a "b"\nc', 'theirs\n'),
      `printf 'theirs\\nmine\\n' >' a "b"\nc'`,
      { ' a "b"\nc': 'theirs\nmine' },
    ],
    [
      'a text about conflicts, which keeps its own markers',
      { 'a.md': `old\n\n<<<<<<< HEAD\n=======\n>>>>>>> x\n\nTitle\n=======\n` },
      write('a.md', `mine\n\n<<<<<<< HEAD\n=======\n>>>>>>> x\n\nTitle\n=======\n`),
      write('a.md', `theirs\n\n<<<<<<< HEAD\n=======\n>>>>>>> x\n\nTitle\n=======\n`),
      `printf 'theirs\\nmine\\n\\n<<<<<<< HEAD\\n=======\\n>>>>>>> x\\n\\nTitle\\n=======\\n' >a.md`,
      { 'a.md': `theirs\nmine\n\n<<<<<<< HEAD\n=======\n>>>>>>> x\n\nTitle\n=======` },
    ],
  ])('%s', async (_, files, mine, theirs, resolver, landed) => {
    const { repo, attempt } = sides(files, mine, theirs);
    const end = await landWith(repo, [attempt], resolver, '--resolver-attempts', '1');
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(
      Object.fromEntries(Object.keys(landed).map((name) => [name, repo.gitOrigin('show', `main:${name}`)])),
    ).toEqual(landed);
  });

  it.each<[string, string, string]>([
    ['takes the side of the target alone', 'git checkout -q --ours a.txt', 'the change of the task is gone from a.txt'],
    ['keeps nothing that the task has added', 'echo other >a.txt', 'the change of the task is gone from a.txt'],
    ['leaves a marker', 'printf "theirs\\nmine\\n>>>>>>> x\\n" >a.txt', 'conflict markers are left in a.txt'],
    [
      'stages the markers blindly and goes on',
      'git add -A . ":!.ralph"; git rebase --continue',
      'conflict markers are left in a.txt',
    ],
    ['takes the rebase back', 'git rebase --abort', 'the work does not stand on the target'],
    ['skips the commit', 'git rebase --skip', 'nothing is left of the change of the task'],
    [
      'begins another rebase',
      'git rebase --abort; git checkout -q -B main HEAD~1; git rebase --quiet origin/main; git reset -q --hard origin/main~1',
      'the work does not stand on the target',
    ],
  ])('nothing when it %s', async (_, resolver, reason) => {
    const { repo, attempt } = sides({ 'a.txt': 'old\n' }, write('a.txt', 'mine\n'), write('a.txt', 'theirs\n'));
    const end = await landWith(repo, [attempt], `${resolver}; exit 0`, '--resolver-attempts', '1');
    expect(eventOf(end, 'remediation.finished')).toMatchObject({ result: 'unresolved', reason });
    expect(end.status).toBe(3);
    expect(repo.git('rev-parse', 'refs/ralph/attempts/T-1/1')).toBe(attempt.git('rev-parse', 'HEAD'));
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs');
  });
});
