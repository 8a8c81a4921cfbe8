import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { configText, sharedEntries } from '../src/workspace/repository-config.ts';

describe('configText', () => {
  it('is read back by git as it was, whatever the values hold', () => {
    const entries = [
      { key: 'user.name', value: ' "Quoted"\\ # ; \t name\nsecond ' },
      { key: 'branch.feature/a.b"c\\d.remote', value: 'origin' },
      { key: 'user.email', value: '' },
    ];
    const file = join(temporaryFolder(), 'config');
    writeFileSync(file, configText(entries));
    for (const { key, value } of entries) {
      expect(execFileSync('git', ['config', '-z', '--file', file, '--get', key], { encoding: 'utf8' })).toBe(
        `${value}\0`,
      );
    }
  });
});

describe('sharedEntries', () => {
  it('takes identity, signing and transport along and leaves hooks and aliases behind', () => {
    const keys = [
      'user.name',
      'commit.gpgsign',
      'core.hookspath',
      'alias.x',
      'core.worktree',
      'http.https://h/.proxy',
      'remote.origin.url',
    ];
    const shared = sharedEntries(keys.map((key) => ({ key, value: 'v' })));
    expect(shared.map(({ key }) => key)).toEqual(['user.name', 'commit.gpgsign', 'http.https://h/.proxy']);
  });
});
