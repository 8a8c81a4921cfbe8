import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathSteps } from '../../src/process/path-steps.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

function stepsOf(root: string, path: string): string[] {
  return pathSteps(root, path)
    .filter(({ folder }) => folder.startsWith(root))
    .map(({ folder, name }) => `${folder.slice(root.length)}/${name}`);
}

describe('pathSteps', () => {
  it('leads from the root to the file', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a/b'), { recursive: true });
    expect(stepsOf(root, 'a/b/file')).toEqual(['/a', '/a/b', '/a/b/file']);
  });

  it('ends at what is missing', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a'));
    expect(stepsOf(root, 'a/b/c/file')).toEqual(['/a', '/a/b']);
  });

  it('ends at a file that stands where a folder should', () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'a'), '');
    expect(stepsOf(root, 'a/b/file')).toEqual(['/a']);
  });

  it('tells a folder by itself, not by its name', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a'));
    mkdirSync(join(root, 'b'));
    const keys = ['a/x', 'b/x', 'a/y'].map((path) => pathSteps(root, path).at(-1)?.key);
    expect(keys[0]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it.each([
    ['relative', () => '../else/where'],
    ['absolute', (root: string) => join(root, 'else/where')],
  ])('goes on where a symlink leads: %s', (_kind, target) => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a'));
    mkdirSync(join(root, 'else/where'), { recursive: true });
    symlinkSync(target(root), join(root, 'a/link'));
    expect(stepsOf(root, 'a/link/file')).toEqual(['/a', '/a/link', '/else', '/else/where', '/else/where/file']);
  });

  it('follows the file itself where it is a symlink, one that leads nowhere too', () => {
    const root = temporaryFolder();
    symlinkSync('real', join(root, 'file'));
    expect(stepsOf(root, 'file')).toEqual(['/file', '/real']);
  });

  it('gives up on symlinks that go round', () => {
    const root = temporaryFolder();
    symlinkSync('b', join(root, 'a'));
    symlinkSync('a', join(root, 'b'));
    expect(new Set(stepsOf(root, 'a/file'))).toEqual(new Set(['/a', '/b']));
  });
});
