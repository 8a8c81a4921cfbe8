import { expect, it } from 'vitest';
import { helpDocument } from '../../src/cli/help-document.ts';
import { commandHelp, programHelp } from '../../src/cli/help-text.ts';
import { command } from '../../src/cli/program.ts';
import { example } from './example-program.ts';

it('describes the whole command line in one document', () => {
  const document = helpDocument(example);
  expect(document.commands.map((one) => one.synopsis)).toEqual([
    'ralph-example work [OPTIONS] [-- CMD…]',
    'ralph-example must [OPTIONS] -- CMD…',
    'ralph-example task get ID [OPTIONS]',
    'ralph-example task list [OPTIONS]',
  ]);
  expect(document.common_options.map((one) => one.name)).toEqual(['repo', 'format', 'quiet', 'verbose']);
  expect(document.commands[0]?.options.slice(0, 4)).toEqual([
    { name: 'timeout', form: '--timeout SECONDS', kind: 'seconds', meaning: 'limit (default: 60)', default: 60 },
    { name: 'jobs', form: '--jobs N', kind: 'count', meaning: 'side by side' },
    { name: 'retries', form: '--retries N', kind: 'count', meaning: 'again (default: 0)', default: 0 },
    { name: 'wait', form: '--wait[=SECONDS]', kind: 'optional-seconds', meaning: 'wait' },
  ]);
});

it('names every command and every option in the text for people', () => {
  const all = [programHelp(example), ...example.commands.map((spec) => commandHelp(example, spec))].join('\n');
  for (const { command, options } of helpDocument(example).commands) {
    expect(all).toContain(`  ${command}`);
    for (const option of options) expect(all).toContain(`  ${option.form}`);
  }
});

it('shows what is typed most in the help of the program, and of a group one example of each command that has any', () => {
  expect(programHelp(example)).toContain('\nExamples:\n  ralph-example work\n\nralph-example COMMAND --help');
  const [get, ...others] = example.commands.filter((spec) => spec.words[0] === 'task');
  const commands = get === undefined ? [] : [{ ...get, examples: ['one', 'two'] }, ...others];
  expect(programHelp({ ...example, commands }, 'task')).toContain('\nExamples:\n  one\n\nralph-example task COMMAND');
});

it('fits a terminal of 80 columns', () => {
  const describe = 'twenty letters or so, '.repeat(8).trimEnd();
  const options = {
    wide: { kind: 'choice', choices: ['one', 'two', 'three', 'four', 'five'], describe },
    slim: { kind: 'flag', describe },
  } as const;
  const run = () => Promise.resolve({});
  const spec = command({ words: ['work'], summary: describe, options, load: () => Promise.resolve({ run }) });
  const text = commandHelp(example, spec);
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text).toContain('  --wide one|two|three|four|five\n');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(`--slim ${describe}`);
});
