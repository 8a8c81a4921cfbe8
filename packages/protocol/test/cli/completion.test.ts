import { expect, it } from 'vitest';
import { completionModel } from '../../src/cli/completion/model.ts';
import { completionScript } from '../../src/cli/completion/script.ts';
import { SHELLS } from '../../src/cli/completion/shells.ts';
import { example } from './example-program.ts';

/** What bash 3.2 does not know: the bash of macOS. */
const NEWER =
  /(?:declare|local|typeset) -[a-zA-Z]*[Angl]|mapfile|readarray|coproc|&>>|\|&|;;?&|\$\{[^}]*(?:,|\^)|\[\[ -v|\[-\d|printf -v|\$\{[^}]*@[A-Z]\}|\{\d+\.\.\d+\.\.|globstar|source <\((?!.*completion)/;

it('has everything of the tables in the script of every shell', () => {
  for (const shell of SHELLS) {
    const script = completionScript(example, shell);
    for (const { words, options } of example.commands) {
      expect(script).toContain(`'${words.join(' ')}'`);
      for (const name of Object.keys(options)) expect(script).toContain(`--${name}`);
    }
    expect(script.replaceAll(/["']|\$argv\[4\]/g, '')).toContain('ndjson json table');
  }
});

it('asks nothing of bash that macOS has not', () => {
  const script = completionScript(example, 'bash');
  expect(script.split('\n').filter((line) => NEWER.test(line))).toEqual([]);
  expect(script.split('\n').filter((line) => line.includes('compopt') && !/2>\/dev\/null \|\|/.test(line))).toEqual([]);
  expect('local -A seen').toMatch(NEWER);
});

it('knows what may stand behind an option by the name of its value', () => {
  const [top, work] = completionModel(example).commands;
  const offers = Object.fromEntries((work?.options ?? []).map(({ word, offer, takes }) => [word, [takes, offer.kind]]));
  expect(offers).toMatchObject({
    '--repo': ['a value', 'folders'],
    '--format': ['a value', 'words'],
    '--exclude': ['a value', 'asked'],
    '--jobs': ['a value', 'nothing'],
    '--wait': ['a value behind =', 'nothing'],
    '--dry': ['no value', 'nothing'],
  });
  expect(top?.options.map(({ word }) => word)).toContain('--version');
});

it('says of a command and of an option what stands before the first pause', () => {
  const summary = 'Work; then rest.';
  const describe = 'the limit (default: 3; see there): more words';
  const options = { limit: { kind: 'count', describe } } as const;
  const commands = example.commands.slice(0, 1).map((spec) => ({ ...spec, summary, options }));
  const [, work] = completionModel({ ...example, commands }).commands;
  expect([work?.about, work?.options[0]?.about]).toEqual(['Work', 'the limit (default: 3; see there)']);
});
