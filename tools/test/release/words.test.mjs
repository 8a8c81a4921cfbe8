import { describe, expect, it } from 'vitest';
import { nextVersion } from '../../release/next-version.mjs';
import { releasedChangelog } from '../../release/released-changelog.mjs';

describe('the next version', () => {
  it.each([
    ['major', '2.0.0'],
    ['minor', '1.3.0'],
    ['patch', '1.2.10'],
    ['1.2.10', '1.2.10'],
    ['1.10.0', '1.10.0'],
    ['2.0.0', '2.0.0'],
  ])('after 1.2.9, asked for %s, is %s', (word, version) => {
    expect(nextVersion('1.2.9', word)).toBe(version);
  });

  it.each(['1.2.9', '1.2.8', '1.1.10', '0.9.9'])('is not %s after 1.2.9', (word) => {
    expect(() => nextVersion('1.2.9', word)).toThrow(`${word} does not come after 1.2.9`);
  });

  it.each([undefined, '', 'next', '1.2', 'v1.3.0', '1.3.0-rc.1', '01.3.0'])('is not %j', (word) => {
    expect(() => nextVersion('1.2.9', word)).toThrow(/^not a version: .*; give major, minor, patch or X\.Y\.Z$/);
  });
});

describe('a changelog', () => {
  it('gets the version and its date, and keeps all else', () => {
    const text = '# Changelog\n\nWords.\n\n## Unreleased\n\n- One.\n\n## 0.1.0 - 2026-01-01\n\n- Nil.\n';
    const released = '# Changelog\n\nWords.\n\n## 0.2.0 - 2026-02-03\n\n- One.\n\n## 0.1.0 - 2026-01-01\n\n- Nil.\n';
    expect(releasedChangelog(text, '0.2.0', '2026-02-03')).toBe(released);
  });

  it.each(['# Changelog\n', '## Unreleased\n', '## Unreleased\n\n## 0.1.0 - 2026-01-01\n\n- Nil.\n'])(
    'has nothing to release: %j',
    (text) => {
      expect(() => releasedChangelog(text, '0.2.0', '2026-02-03')).toThrow('CHANGELOG.md has nothing under Unreleased');
    },
  );
});
