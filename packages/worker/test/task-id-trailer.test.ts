import { describe, expect, it } from 'vitest';
import { carriesTaskId, commitMessage, withTaskId } from '../src/work/task-id-trailer.ts';

describe('carriesTaskId', () => {
  it.each(['RQ-1: add', 'add (RQ-1)', 'add\n\nRalph-Task: RQ-1', 'done with RQ-1.'])(
    'finds the id in %j',
    (message) => {
      expect(carriesTaskId(message, 'RQ-1')).toBe(true);
    },
  );

  it.each(['RQ-12: add', 'XRQ-1', 'RQ-1-b', 'add', 'RQ-1.5 is another'])('does not take %j for RQ-1', (message) => {
    expect(carriesTaskId(message, 'RQ-1')).toBe(false);
  });

  it('takes an id with dots literally', () => {
    expect(carriesTaskId('axb', 'a.b')).toBe(false);
  });
});

describe('withTaskId', () => {
  it.each([
    ['a subject alone', 'fix it\n', 'fix it\n\nRalph-Task: RQ-1\n'],
    ['a body', 'fix it\n\nbecause: it broke\nbadly\n', 'fix it\n\nbecause: it broke\nbadly\n\nRalph-Task: RQ-1\n'],
    [
      'trailers',
      'fix it\n\nbody\n\nSigned-off-by: A <a@b>\n',
      'fix it\n\nbody\n\nSigned-off-by: A <a@b>\nRalph-Task: RQ-1\n',
    ],
    ['a subject that looks like a trailer', 'fix: it\n', 'fix: it\n\nRalph-Task: RQ-1\n'],
    ['nothing', '\n', 'RQ-1\n\nRalph-Task: RQ-1\n'],
  ])('puts the trailer after %s', (_, message, expected) => {
    expect(withTaskId(message, 'RQ-1')).toBe(expected);
  });
});

describe('commitMessage', () => {
  it('is the id and the first line of the title', () => {
    expect(commitMessage('RQ-1', 'Add it\nand more')).toBe('RQ-1: Add it\n');
    expect(commitMessage('RQ-1', '\n')).toBe('RQ-1\n');
  });

  it('has no character that a terminal would obey', () => {
    expect(commitMessage('RQ-1', 'a\u001b[31m\tb\u009b\u0000c\u007f')).toBe('RQ-1: a [31m b  c\n');
  });
});
