import { describe, expect, it } from 'vitest';
import { whichAttempt } from '../src/logs/which-attempt.ts';

const NONE = { asked: undefined, followed: undefined, atWork: undefined, logged: [] };
const running = (attempt?: number) => ({ attempt });

describe('whichAttempt', () => {
  it('is the one that is under way, as soon as it has a log', () => {
    expect(whichAttempt({ ...NONE, atWork: running(3), logged: [1, 3] })).toEqual({ kind: 'follow', attempt: 3 });
    expect(whichAttempt({ ...NONE, atWork: running(3), logged: [1] })).toEqual({ kind: 'wait' });
    expect(whichAttempt({ ...NONE, atWork: running(), logged: [1] })).toEqual({ kind: 'wait' });
    expect(whichAttempt({ ...NONE, atWork: running() })).toEqual({ kind: 'wait' });
  });

  it('is the last one when nobody is at work', () => {
    expect(whichAttempt({ ...NONE, logged: [1, 3] })).toEqual({ kind: 'follow', attempt: 3 });
    expect(whichAttempt(NONE)).toEqual({ kind: 'no_log', attempt: undefined });
  });

  it('stays with the attempt until that is over, and goes on to one that has begun meanwhile', () => {
    const followed = { ...NONE, followed: 1, logged: [1, 2] };
    expect(whichAttempt({ ...followed, atWork: running(1) })).toEqual({ kind: 'wait' });
    expect(whichAttempt({ ...followed, atWork: running() })).toEqual({ kind: 'wait' });
    expect(whichAttempt({ ...followed, atWork: running(2) })).toEqual({ kind: 'follow', attempt: 2 });
    expect(whichAttempt({ ...followed, atWork: running(2), logged: [1] })).toEqual({ kind: 'wait' });
    expect(whichAttempt(followed)).toEqual({ kind: 'end' });
  });

  it('is no other than the one that was asked for', () => {
    const asked = { ...NONE, asked: 2, logged: [1, 2, 3] };
    expect(whichAttempt({ ...asked, atWork: running(3) })).toEqual({ kind: 'follow', attempt: 2 });
    expect(whichAttempt({ ...asked, followed: 2, atWork: running(3) })).toEqual({ kind: 'end' });
    expect(whichAttempt({ ...asked, asked: 4, atWork: running(4) })).toEqual({ kind: 'wait' });
    expect(whichAttempt({ ...asked, asked: 4, atWork: running() })).toEqual({ kind: 'wait' });
    expect(whichAttempt({ ...asked, asked: 4, atWork: running(3) })).toEqual({ kind: 'no_log', attempt: 4 });
    expect(whichAttempt({ ...asked, asked: 4 })).toEqual({ kind: 'no_log', attempt: 4 });
  });
});
