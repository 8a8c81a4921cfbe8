import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { requireUsableRoot } from '../src/site/usable-root.ts';
import { isWithin, workspaceRoot } from '../src/site/workspace-root.ts';

describe('workspaceRoot', () => {
  it('M01 stands beside the repository by default', () => {
    expect(workspaceRoot('/x/repo', undefined)).toEqual({ path: '/x/.workspaces/repo/parallel', isDefault: true });
  });

  it('M02 expands ~ and counts relative paths from the repository', () => {
    expect(workspaceRoot('/x/repo', '~/w', '/h').path).toBe('/h/w');
    expect(workspaceRoot('/x/repo', '~', '/h').path).toBe('/h');
    expect(workspaceRoot('/x/repo', 'w').path).toBe('/x/repo/w');
  });

  it('knows the default by whatever name it was chosen', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.workspaces/repo'), { recursive: true });
    symlinkSync(join(folder, '.workspaces'), join(folder, 'link'));
    const chosen = [join(folder, '.workspaces/repo/parallel'), join(folder, 'link/repo/parallel')];
    expect(chosen.map((path) => workspaceRoot(join(folder, 'repo'), path).isDefault)).toEqual([true, true]);
    expect(workspaceRoot(join(folder, 'repo'), join(folder, 'other')).isDefault).toBe(false);
  });

  it.each(['../w', 'a/../b', '', ' '])('M02 refuses %j', (chosen) => {
    expect(() => workspaceRoot('/x/repo', chosen)).toThrow('--workspace-root');
  });

  it('is real as far as it exists', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    expect(workspaceRoot('/x/repo', join(folder, 'link/new')).path).toBe(join(folder, 'real/new'));
  });
});

describe('requireUsableRoot', () => {
  it('leaves nothing, neither of its own nor of one that was killed while it looked', () => {
    const root = join(temporaryFolder(), 'root');
    mkdirSync(join(root, '.ralph-probe.killed'), { recursive: true });
    mkdirSync(join(root, 'RQ-0001'));
    requireUsableRoot(root)();
    expect(readdirSync(root)).toEqual(['RQ-0001']);
  });
});

describe('isWithin', () => {
  it('does not take a folder for part of another with a longer name', () => {
    expect(isWithin('/x/repo', '/x/repo2')).toBe(false);
    expect(isWithin('/x/repo', '/x/repo/a')).toBe(true);
  });
});
