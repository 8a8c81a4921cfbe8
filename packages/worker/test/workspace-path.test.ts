import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { kindAt, requireSafeId, workspacePath } from '../src/site/workspace-path.ts';

describe('workspacePath', () => {
  const site = (root: string) => ({ repo: { root: '/x/repo', gitDir: '/x/repo/.git' }, root, isDefaultRoot: false });

  it('never is the repository, holds it, or lies in its git folder', () => {
    expect(() => workspacePath(site('/x'), 'repo')).toThrow('holds the repository');
    expect(() => workspacePath(site('/'), 'x')).toThrow('holds the repository');
    expect(() => workspacePath(site('/x/repo/.git'), 'objects')).toThrow('holds the repository');
    expect(workspacePath(site('/x/w'), 'RQ-0001')).toBe('/x/w/RQ-0001');
  });

  it.each([
    '',
    '..',
    '.',
    'a/b',
    '-x',
    'a..b',
    'x.lock',
    'a b',
    'a\nb',
    '../../x',
    '/etc',
    '.git',
    'con',
    'x.',
    'a@{b',
    'HEAD~1',
    '--upload-pack=x',
    'a\0b',
    '\u202eabc',
    '\u0430bc',
    'a:b',
    '@',
    '~x',
    'a^',
    'x'.repeat(101),
  ])('refuses the id %j', (id) => {
    expect(() => requireSafeId(id)).toThrow('cannot name a workspace');
  });

  it('sees a symlink as a symlink', () => {
    const folder = temporaryFolder();
    symlinkSync('/', join(folder, 'link'));
    expect(kindAt(join(folder, 'link'))).toBe('link');
  });
});
