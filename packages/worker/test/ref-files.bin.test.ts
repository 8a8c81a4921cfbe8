import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { refsInFiles } from '../src/refs/ref-files.ts';

const NAMES = ['refs/ralph/attempts/A/', 'refs/ralph/salvage/A/', 'refs/ralph/base/A'];

it('says what git says of refs that are packed, loose or both', () => {
  const { root } = temporaryRepository();
  const gitDir = join(root, '.git');
  const commit = (text: string) => runGit(root, ['commit-tree', '-m', text, 'HEAD^{tree}']).trim();
  const set = (ref: string, text: string) => runGit(root, ['update-ref', ref, commit(text)]);
  const asGitSays = () =>
    runGit(root, ['for-each-ref', '--format=%(refname) %(objectname)', ...NAMES])
      .split('\n')
      .filter(Boolean);
  const asFound = () => refsInFiles(gitDir, NAMES)?.map(({ ref, commit: id }) => `${ref} ${id}`);
  expect(asFound()).toEqual([]);
  for (const ref of [
    'attempts/A/1',
    'attempts/A/2',
    'attempts/AB/1',
    'salvage/A/1',
    'base/A',
    'base/A-1',
    'landed/A/1',
  ])
    set(`refs/ralph/${ref}`, ref);
  expect(asFound()).toEqual(asGitSays());
  runGit(root, ['pack-refs', '--all']);
  expect(asFound()).toEqual(asGitSays());
  set('refs/ralph/attempts/A/2', 'newer');
  set('refs/ralph/attempts/A/10', 'later');
  expect(asFound()).toHaveLength(5);
  expect(asFound()).toEqual(asGitSays());
});

it.each([
  ['a ref that names another', (folder: string) => writeFileSync(join(folder, '1'), 'ref: refs/heads/main\n')],
  ['a half of a ref', (folder: string) => writeFileSync(join(folder, '1'), 'abc')],
  ['a folder in the place of a ref', (folder: string) => mkdirSync(join(folder, '1'))],
  ['a device in the place of a ref', (folder: string) => symlinkSync('/dev/zero', join(folder, '1'))],
])('leaves it to git: %s', (_, spoil) => {
  const { root } = temporaryRepository();
  const folder = join(root, '.git/refs/ralph/attempts/A');
  mkdirSync(folder, { recursive: true });
  expect(refsInFiles(join(root, '.git'), NAMES)).toEqual([]);
  spoil(folder);
  expect(refsInFiles(join(root, '.git'), NAMES)).toBeUndefined();
});

it('leaves it to git where refs are kept in another way', () => {
  const { root } = temporaryRepository();
  mkdirSync(join(root, '.git/reftable'));
  expect(refsInFiles(join(root, '.git'), NAMES)).toBeUndefined();
});
