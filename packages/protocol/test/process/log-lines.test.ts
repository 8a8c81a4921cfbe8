import { describe, expect, it } from 'vitest';
import { Redaction } from '../../src/cli/redact.ts';
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

  it('do not end in the beginning of a secret while the log is being written', () => {
    const redaction = new Redaction();
    redaction.learn(['abcd9876efgh5432']);
    const soFar = (text: string) => lastLines(whole(text), 1, (all) => redaction.textSoFar(all));
    expect(soFar('one\ntok abcd98')).toEqual(['tok']);
    expect(soFar('one\nabcd98')).toEqual(['one']);
    expect(soFar(`one\ntok gh${'p_'}${'a1B2'.repeat(3)}`)).toEqual(['tok']);
    expect(soFar('one\ntok abcd9876efgh5432')).toEqual(['tok [redacted]']);
    expect(soFar('one\ntok abcd98 and')).toEqual(['tok abcd98 and']);
    expect(soFar('one\nContinue? [y/N] ')).toEqual(['Continue? [y/N]']);
    expect(soFar('-----BEGIN PRIVATE KEY-----\nMIIEvgIBADAN')).toEqual(['[redacted]']);
    expect(lastLines(whole('tok abcd98'), 1, (all) => redaction.text(all))).toEqual(['tok abcd98']);
  });
});
