import { describe, expect, it } from 'vitest';
import { envEntries, envSecrets } from '../../src/cli/env-secrets.ts';

describe('envEntries', () => {
  it('reads quotes, export, comments and values of several lines', () => {
    const text = [
      '# comment: x',
      'A=one # and a comment',
      'export B="two # no comment"',
      "  C = 'it\"s'",
      'D="first',
      'second \\" line"',
      'E=',
      'F="no end',
      'G: yaml',
    ].join('\n');
    expect(envEntries(text)).toEqual([
      ['A', 'one'],
      ['B', 'two # no comment'],
      ['C', 'it"s'],
      ['D', 'first\nsecond \\" line'],
      ['E', ''],
      ['F', '"no end'],
      ['G', 'yaml'],
    ]);
  });
});

describe('the work of envEntries', () => {
  it('grows with the length of a value, whatever it holds', () => {
    expect(envEntries(`A=x${' #'.repeat(1_000_000)}\rx\nB=2`)).toEqual([
      ['A', 'x'],
      ['B', '2'],
    ]);
  });
});

describe('envSecrets', () => {
  it('knows values that everybody may see', () => {
    const text =
      'A=true\nB=localhost\nC=short\nDEBUG=verbosely\nPORT=300000\nP=/usr/bin\nU=http://h.example/x\nK=$' + '{OTHER}';
    expect(envSecrets(text)).toEqual([]);
  });

  it('takes anything behind a name that says so, and anything odd', () => {
    expect(envSecrets('PASSWORD=correcthorse')).toContain('correcthorse');
    expect(envSecrets('X=my-odd-value')).toContain('my-odd-value');
  });

  it('knows a value as JSON and an address show it, by its lines, and the password in an address', () => {
    expect(envSecrets('X="quo\\"te me&1"')).toEqual(
      expect.arrayContaining(['quo"te me&1', 'quo\\"te me&1', 'quo%22te%20me%261']),
    );
    expect(envSecrets('KEY="first line\nsecond line"')).toEqual(expect.arrayContaining(['first line', 'second line']));
    expect(envSecrets('DB=postgres://me:p%40ssword@h/x')).toEqual(expect.arrayContaining(['p%40ssword', 'p@ssword']));
  });
});
