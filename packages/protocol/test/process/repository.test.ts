import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { findGitRepository, findRepository } from '../../src/process/repository.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { runGit, temporaryRepository } from '../../src/testing/temporary-repository.ts';

function refusal(find: () => unknown): string {
  try {
    return `was not refused: ${JSON.stringify(find())}`;
  } catch (error) {
    return isFailure(error) ? `${error.code}: ${error.message}` : String(error);
  }
}

describe('findRepository', () => {
  it('is the same from the root, a subdirectory, a symlink, a linked worktree and through --repo', () => {
    const { root, folder, git, write } = temporaryRepository();
    const expected = { root, gitDir: join(root, '.git') };
    write('deep/er/file', '');
    symlinkSync(root, join(folder, 'link'));
    git('worktree', 'add', '-q', '--detach', join(folder, 'linked'));
    mkdirSync(join(folder, 'linked/below'));
    const places = [
      root,
      join(root, 'deep/er'),
      join(folder, 'link'),
      join(folder, 'link/deep'),
      join(folder, 'linked/below'),
    ];
    for (const cwd of places) expect([cwd, findRepository(undefined, cwd)]).toEqual([cwd, expected]);
    expect(findRepository('../link/deep', root)).toEqual(expected);
  });

  it('agrees with git on the common folder', () => {
    const { root, folder, git } = temporaryRepository();
    git('worktree', 'add', '-q', '--detach', join(folder, 'linked'));
    const common = runGit(join(folder, 'linked'), ['rev-parse', '--path-format=absolute', '--git-common-dir']);
    expect(findRepository(undefined, join(folder, 'linked')).gitDir).toBe(common);
    expect(common).toBe(join(root, '.git'));
  });

  it('finds a repository whose git folder stands elsewhere, as a submodule or --separate-git-dir has it', () => {
    const { root, folder } = temporaryRepository();
    renameSync(join(root, '.git'), join(folder, 'elsewhere'));
    runGit(root, ['init', '-q', '--separate-git-dir', join(folder, 'elsewhere')]);
    expect(findRepository(undefined, root)).toEqual({ root, gitDir: join(folder, 'elsewhere') });
  });

  it('is one for all worktrees of a bare repository: the folder that holds it, where git works there', () => {
    const folder = temporaryFolder();
    const { origin } = temporaryRepository();
    runGit(folder, ['clone', '-q', '--bare', origin, '.bare']);
    writeFileSync(join(folder, '.git'), 'gitdir: ./.bare\n');
    for (const name of ['one', 'two']) runGit(folder, ['worktree', 'add', '-q', '--detach', name]);
    const expected = { root: folder, gitDir: join(folder, '.bare') };
    for (const place of ['.', 'one', 'two', '.bare'])
      expect([place, findRepository(undefined, join(folder, place))]).toEqual([place, expected]);
  });

  it('is one for all worktrees of a bare repository among others: its own folder', () => {
    const { origin, folder } = temporaryRepository();
    const other = join(folder, 'other.git');
    runGit(folder, ['clone', '-q', '--bare', origin, other]);
    for (const name of ['one', 'two']) runGit(other, ['worktree', 'add', '-q', '--detach', join(folder, name)]);
    const expected = { root: other, gitDir: other };
    for (const place of ['one', 'two', 'other.git'])
      expect([place, findGitRepository(undefined, join(folder, place))]).toEqual([place, expected]);
    expect(findGitRepository(other)).toEqual(expected);
    expect(runGit(other, ['rev-parse', '--is-bare-repository'])).toBe('true');
  });

  it('takes the folder that --repo names outside git as it is, but asks for a folder', () => {
    const folder = temporaryFolder();
    expect(findRepository(folder)).toEqual({ root: folder });
    expect(refusal(() => findRepository(join(folder, 'none')))).toBe(
      `not_a_repository: no such folder: ${folder}/none`,
    );
  });

  it('refuses a folder outside git where git is needed', () => {
    const folder = temporaryFolder();
    const message = `not_a_repository: not a git repository: ${folder}`;
    expect(refusal(() => findRepository(undefined, folder))).toBe(message);
    expect(refusal(() => findGitRepository(folder))).toBe(message);
  });
});
