import { expect, it } from 'vitest';
import { withWords } from '../../src/cli/told-words.ts';

it('changes the words of others, and nothing else', () => {
  const fields = { title: 'a', reason: 'a', last_lines: ['a', 'b'], next_command: 'a', attempt: 1, message: null };
  expect(withWords(fields, (text) => `<${text}>`)).toEqual({
    ...fields,
    title: '<a>',
    reason: '<a>',
    last_lines: ['<a>', '<b>'],
  });
});
