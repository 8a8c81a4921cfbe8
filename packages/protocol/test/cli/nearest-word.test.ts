import { expect, it } from 'vitest';
import { nearestWord } from '../../src/cli/nearest-word.ts';

const COMMANDS = ['run', 'wait', 'list', 'get', 'status', 'task', 'prune', 'preflight'];

it.each([
  ['a letter that is missing', 'lst', 'list'],
  ['a letter too much', 'geet', 'get'],
  ['a wrong letter', 'statis', 'status'],
  ['two that have changed places', 'rnu', 'run'],
  ['two slips in a longer word', 'perflihgt', 'preflight'],
  ['a word that was not finished', 'pre', 'preflight'],
])('finds what was meant by %s', (_, word, meant) => {
  expect(nearestWord(word, COMMANDS)).toBe(meant);
});

it.each(['', 'p', 'xyz', 'une', 'fail', 'everything'])('makes no guess for %j', (word) => {
  expect(nearestWord(word, COMMANDS)).toBeUndefined();
});

it('finds the shortest of several words that begin so', () => {
  expect(nearestWord('--max', ['--max-attempts', '--max-tasks'])).toBe('--max-tasks');
  expect(nearestWord('--m', ['--max-tasks'])).toBeUndefined();
});
