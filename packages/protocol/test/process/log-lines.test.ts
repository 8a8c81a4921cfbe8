import { describe, expect, it } from 'vitest';
import type { LogTail } from '../../src/process/kept-log.ts';
import { lastLines } from '../../src/process/log-lines.ts';

const asIs = (text: string) => text;
const whole = (text: string): LogTail => ({ text, cut: false });

describe('lastLines', () => {
  it('are those that say something, without colours and at most 200 characters long', () => {
    const text = 'one\n\u001b[31mtwo\u001b[0m\r\n  \n\u001b]0;title\u0007three\tmore\n';
    expect(lastLines(whole(text), 5, asIs)).toEqual(['one', 'two', 'three more']);
    expect(lastLines(whole(`${'😀'.repeat(300)}\n`), 5, asIs)).toEqual(['😀'.repeat(200)]);
    expect(lastLines(whole('\n \n'), 5, asIs)).toEqual([]);
  });

  it('are the last ones; a line that was written over and over counts as its states', () => {
    expect(lastLines(whole('1\n2\n3\n4\n5\n6\n7'), 5, asIs)).toEqual(['3', '4', '5', '6', '7']);
    expect(lastLines(whole('10%\r20%\r30%'), 1, asIs)).toEqual(['30%']);
  });

  it('do not begin in the middle of a line, nor of what may be a secret', () => {
    expect(lastLines({ text: 'rest of a secret\nline', cut: true }, 5, asIs)).toEqual(['line']);
    const long = `rest-of-a-secret ${'x'.repeat(5000)} end`;
    expect(lastLines({ text: long, cut: true }, 5, asIs)).toEqual(['x'.repeat(200)]);
  });

  it('are shown without secrets, also when one has several lines', () => {
    const redact = (text: string) => text.replace('a\nb', '[redacted]');
    expect(lastLines(whole('one\na\nb\ntwo'), 5, redact)).toEqual(['one', '[redacted]', 'two']);
  });
});
