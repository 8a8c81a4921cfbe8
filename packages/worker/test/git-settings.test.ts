import { describe, expect, it } from 'vitest';
import { gitSettings } from '../src/workspace/git-settings.ts';

describe('gitSettings', () => {
  it('adds to the settings that the environment already gives', () => {
    expect(gitSettings({ 'a.b': 'c' }, '2')).toEqual({
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_KEY_2: 'a.b',
      GIT_CONFIG_VALUE_2: 'c',
    });
  });
});
