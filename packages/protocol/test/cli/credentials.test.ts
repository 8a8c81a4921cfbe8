import { expect, it } from 'vitest';
import { withoutCredentials } from '../../src/cli/credentials.ts';

it('takes the user and password out of every address in a text, and nothing else', () => {
  const text = withoutCredentials("fatal: 'https://me:token@h.example/a.git' and ssh://git@h/b, mail a@b.example");
  expect(text).toBe("fatal: 'https://h.example/a.git' and ssh://h/b, mail a@b.example");
});
