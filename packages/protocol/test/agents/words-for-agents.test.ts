import { describe, expect, it } from 'vitest';
import { sessionOf } from '../../src/agents/said.ts';
import { modelName } from '../../src/contract/agent-settings.ts';

/** What others say becomes a word of a command line, and is shown. */
describe.each([
  ['the id of a session', (word: string) => sessionOf(word) !== undefined],
  ['the name of a model', (word: string) => modelName.safeParse(word).success],
])('%s', (_, isTaken) => {
  it.each(['01a207b6-7b5c', 'session_eada', 'anthropic/claude-opus-4:thinking', 'modèle-日本', 'x'])(
    'may be %j',
    (word) => {
      expect(isTaken(word)).toBe(true);
    },
  );

  it.each([
    ['a NUL, which no command line can hold', 's\u0000x'],
    ['an escape for a terminal', '\u001b[2Jx'],
    ['another control character', 'a\u0085b'],
    ['DEL', 'x\u007f'],
    ['a sign that turns the writing round', 'a\u202eb'],
    ['half of a surrogate pair', 'a\ud800'],
    ['a space', 'a b'],
    ['a dash to begin with', '-x'],
    ['nothing', ''],
    ['too much', 'x'.repeat(513)],
  ])('cannot have %s', (_what, word) => {
    expect(isTaken(word)).toBe(false);
  });
});
