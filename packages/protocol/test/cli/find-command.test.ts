import { describe, expect, it } from 'vitest';
import { findCommand } from '../../src/cli/find-command.ts';
import { isFailure } from '../../src/contract/failure.ts';
import { example } from './example-program.ts';

function find(...argv: readonly string[]) {
  const found = findCommand(example, argv);
  return found.kind === 'command' ? { words: found.spec.words.join(' '), rest: found.rest, help: found.help } : found;
}

function refusal(...argv: readonly string[]): string {
  try {
    return `was not refused: ${JSON.stringify(find(...argv))}`;
  } catch (error) {
    return isFailure(error) ? `${error.code}: ${error.message}; ${error.parts.hint}` : String(error);
  }
}

describe('findCommand', () => {
  it('finds a command of one word and of two', () => {
    expect(find('work', '--jobs', '2')).toEqual({ words: 'work', rest: ['--jobs', '2'], help: false });
    expect(find('task', 'get', 'A')).toEqual({ words: 'task get', rest: ['A'], help: false });
  });

  it('keeps common options that stand before the words', () => {
    expect(find('--repo', 'work', 'task', 'list', '--quiet')).toEqual({
      words: 'task list',
      rest: ['--repo', 'work', '--quiet'],
      help: false,
    });
  });

  it('takes --help before, behind and between, but not behind --', () => {
    for (const argv of [
      ['--help', 'work'],
      ['work', '--help'],
      ['work', '-h'],
      ['help', 'work'],
    ]) {
      expect(find(...argv)).toEqual({ words: 'work', rest: [], help: true });
    }
    expect(find('work', '--', 'ls', '--help')).toMatchObject({ help: false, rest: ['--', 'ls', '--help'] });
  });

  it('finds what every program answers by itself', () => {
    expect(find('--help')).toEqual({ kind: 'help', rest: [] });
    expect(find('help', '--format', 'json')).toEqual({ kind: 'help', rest: ['--format', 'json'] });
    expect(find('--version')).toMatchObject({ kind: 'version' });
    expect(find('--format', 'json', 'exit-codes')).toEqual({ kind: 'exit-codes', rest: ['--format', 'json'] });
  });

  it.each([
    [[], 'usage: no command was given; try ralph-example --help'],
    [['wrok'], 'unknown_command: unknown command wrok; did you mean work?; try ralph-example --help'],
    [['exit-code'], 'unknown_command: unknown command exit-code; did you mean exit-codes?; try ralph-example --help'],
    [['entirely'], 'unknown_command: unknown command entirely; try ralph-example --help'],
    [['get'], 'unknown_command: unknown command get; did you mean task get?; try ralph-example --help'],
    [['help', 'wrok'], 'unknown_command: unknown command wrok; did you mean work?; try ralph-example --help'],
    [['task'], 'usage: task needs one of: task get, task list; try ralph-example --help'],
    [['task', 'lsit'], 'unknown_command: unknown command task lsit; did you mean task list?; try ralph-example --help'],
    [['--halp'], 'usage: unknown option --halp; did you mean --help?; try ralph-example --help'],
    [['--'], 'usage: no command was given; try ralph-example --help'],
  ])('refuses %j', (argv, message) => {
    expect(refusal(...argv)).toBe(message);
  });
});
