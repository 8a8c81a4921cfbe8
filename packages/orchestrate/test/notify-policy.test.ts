import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatches } from '@ralph/protocol/contract/event-glob';
import { notifySettings } from '@ralph/protocol/contract/notify-settings';
import { resolveAddress, shownUrl } from '../src/notify/address.ts';
import {
  GIVE_UP_MS,
  kindOfStatus,
  MOST_FAILURES,
  pauseMs,
  retryAfterMs,
  stepAfter,
  type Delivery,
} from '../src/notify/delivery.ts';
import { bodyOf, eventIn, messageOf } from '../src/notify/message.ts';
import { ownSecrets, withoutOwn } from '../src/notify/own-secrets.ts';
import { signatureOf, signingKey } from '../src/notify/signature.ts';
import { targetOf, wants } from '../src/notify/target.ts';

describe('which events a target is told of', () => {
  it.each([
    ['task.*', 'task.failed', true],
    ['task.*', 'task', false],
    ['*', 'run.finished', true],
    ['*.failed', 'ci.failed', true],
    ['run.finished', 'run.finished', true],
    ['run.finished', 'run.finished.x', false],
    ['a*a', 'a', false],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'aXcYb', false],
    ['', '', true],
  ])('%j for %j: %j', (glob, type, matches) => {
    expect(globMatches(glob, type)).toBe(matches);
  });

  it('is the same as with a regular expression, whatever the pattern is', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (glob, type) => {
        const parts = glob.split('*').map((part) => part.replaceAll('.', String.raw`\.`));
        expect(globMatches(glob, type)).toBe(new RegExp(`^${parts.join('.*')}$`).test(type));
      }),
    );
  });

  it('is the end of runs and what needs a person, where nothing is said', () => {
    const target = targetOf({ id: 'x', desktop: true });
    const types = ['run.started', 'run.finished', 'run.paused', 'task.completed', 'task.failed', 'task.blocked'];
    expect(types.filter((type) => wants(target, type))).toEqual([
      'run.finished',
      'run.paused',
      'task.failed',
      'task.blocked',
    ]);
  });
});

describe('the settings of a target', () => {
  it.each([
    [{ id: 'a', webhook: 'https://x.example/y' }],
    [{ id: 'a', webhook: '${HOOK}', secret_env: 'S', headers: { authorization: 'Bearer ${T}' } }],
    [{ id: 'a', command: ['x'], timeout: '1m', events: ['*'] }],
    [{ id: 'a', desktop: true }],
  ])('can be %j', (target) => {
    expect(notifySettings.safeParse([target]).error).toBeUndefined();
  });

  it.each([
    [{ id: 'a' }, 'exactly one'],
    [{ id: 'a', desktop: true, command: ['x'] }, 'exactly one'],
    [{ id: '../a', desktop: true }, 'not an id'],
    [{ id: 'a', webhook: 'ftp://x.example' }, 'http'],
    [{ id: 'a', desktop: true, secret_env: 'S' }, 'for a webhook'],
    [{ id: 'a', webhook: 'https://x.example', headers: { 'Webhook-Id': '1' } }, 'sets itself'],
    [{ id: 'a', webhook: 'https://x.example', headers: { a: 'x\r\ny: z' } }, 'plain ASCII'],
    [{ id: 'a', command: [] }, 'is empty'],
    [{ id: 'a', desktop: true, events: ['task.faild'] }, 'no event is called'],
    [{ id: 'a', desktop: true, event: ['*'] }, 'event'],
  ])('cannot be %j', (target, words) => {
    expect(notifySettings.safeParse([target]).error?.message).toContain(words);
  });

  it('cannot be those of two targets with one id', () => {
    const two = [
      { id: 'a', desktop: true },
      { id: 'a', command: ['x'] },
    ];
    expect(notifySettings.safeParse(two).error?.message).toContain('same id');
  });
});

describe('the address of a webhook', () => {
  const way = { kind: 'webhook', url: 'https://${HOST}/x', secretEnv: 'S', headers: { a: 'b ${T}' } } as const;

  it('gets its variables, and their values are never told', () => {
    const env = { HOST: 'h.example', S: 'whsec_aGVsbG8=', T: 't' };
    expect(resolveAddress(way, env)).toEqual({
      address: { url: 'https://h.example/x', headers: { a: 'b t' }, key: Buffer.from('hello') },
      secrets: expect.arrayContaining(['h.example', 'whsec_aGVsbG8=', 'aGVsbG8=']),
    });
    expect(resolveAddress(way, { HOST: 'h.example', S: '' })).toEqual({ trouble: 'not set in the environment: T, S' });
    expect(resolveAddress(way, { ...env, T: 'ünsafe\n' })).toEqual({ trouble: expect.not.stringContaining('nsafe') });
    expect(resolveAddress(way, { ...env, S: 'whsec_' })).toEqual({ trouble: 'S holds no base64 behind whsec_' });
    const bad = resolveAddress({ ...way, url: '${HOST}' }, { ...env, HOST: 'secret' });
    expect(bad).toEqual({ trouble: expect.not.stringContaining('secret') });
  });

  it.each([
    ['https://x.example/hooks/SECRET?t=SECRET', 'https://x.example/…'],
    ['https://user:SECRET@x.example', 'https://x.example'],
    ['https://x.example/${SECRET}', 'https://x.example/…'],
    ['https://x.example?t=SECRET', 'https://x.example/…'],
    ['https://user:${SECRET}@${HOST}:80/SECRET', 'https://${HOST}:80/…'],
    ['${HOOK}', '${HOOK}'],
    ['${HOOK}/SECRET', '${HOOK}/…'],
    ['SECRET.example/${HOOK}', '…'],
  ])('%s is shown as %s', (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
  });
});

describe('the words of an answer', () => {
  it('are told without what was called, in whole or cut short, whatever form it comes back in', () => {
    const url = 'https://me:pass%20word1@x.example/services/T0/SECRET-1?key=K%C3%A9Y-22&a=b';
    const secrets = ownSecrets({ url, headers: ['Bearer tok-12345'], filled: ['whsec_aGVsbG8='] });
    const said = (text: string) => withoutOwn(text, secrets);
    for (const secret of ['SECRET-1', 'KéY-22', 'pass word1', 'tok-12345', 'aGVsbG8=', btoa('me:pass word1')])
      expect(said(`no ${secret} here`)).toBe('no [redacted] here');
    expect(said('Cannot POST /services/T0/SECRET-1')).toBe('Cannot POST [redacted]');
    expect(said('Cannot POST /services/T0/SEC')).toBe('Cannot POST [redacted]');
    expect(said('no such service: Bearer is missing')).toBe('no such service: Bearer is missing');
  });
});

describe('the signature', () => {
  it('is that of the published test of Standard Webhooks', () => {
    const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
    const key = signingKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    expect(signatureOf(signed, key)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('takes a secret without the prefix as it is', () => {
    expect(signingKey('correct horse')).toEqual(Buffer.from('correct horse'));
  });
});

describe('what follows from a delivery', () => {
  const young = { tries: 1, ageMs: 0 };
  const step = (delivery: Delivery, tries = young) => stepAfter(delivery, tries, 1);

  it.each([
    [200, 'taken'],
    [204, 'taken'],
    [301, 'refused'],
    [400, 'refused'],
    [404, 'refused'],
    [408, 'later'],
    [410, 'refused'],
    [425, 'later'],
    [429, 'later'],
    [500, 'later'],
    [503, 'later'],
  ] as const)('the answer %i means %s', (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind);
  });

  it('goes on after what was taken, refused or left out, and counts which', () => {
    expect(step({ kind: 'taken', words: '' })).toEqual({ step: 'next', count: 'sent' });
    expect(step({ kind: 'refused', words: '' })).toEqual({ step: 'next', count: 'given_up' });
    expect(step({ kind: 'skipped', words: '' })).toEqual({ step: 'next', count: 'skipped' });
    expect(step({ kind: 'cut', words: '' })).toEqual({ step: 'stop' });
  });

  it('waits longer each time, up to five minutes, and differs by chance', () => {
    const pauses = [1, 2, 3, 4, 9, 10, 60].map((tries) => pauseMs(tries, 1));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, 300_000]);
    expect(pauseMs(3, 0)).toBe(2000);
  });

  it('waits as long as it is asked to, up to an hour', () => {
    const asked = (ms: number) => step({ kind: 'later', words: '', retryAfterMs: ms });
    expect(asked(7000)).toEqual({ step: 'again', afterMs: 7000 });
    expect(asked(10)).toEqual({ step: 'again', afterMs: 1000 });
    expect(asked(1e9)).toEqual({ step: 'again', afterMs: 3_600_000 });
  });

  it('gives an event up that is too old, and a command that fails again and again', () => {
    const later: Delivery = { kind: 'later', words: '' };
    const failed: Delivery = { kind: 'failed', words: '' };
    expect(step(later, { tries: 99, ageMs: GIVE_UP_MS })).toMatchObject({ step: 'again' });
    expect(step(later, { tries: 1, ageMs: GIVE_UP_MS + 1 })).toEqual({ step: 'next', count: 'given_up' });
    expect(step(failed, { tries: MOST_FAILURES - 1, ageMs: 0 })).toMatchObject({ step: 'again' });
    expect(step(failed, { tries: MOST_FAILURES, ageMs: 0 })).toEqual({ step: 'next', count: 'given_up' });
    expect(step(failed, { tries: 1, ageMs: GIVE_UP_MS + 1 })).toEqual({ step: 'next', count: 'given_up' });
    expect(step(later, { tries: 1, ageMs: Number.NaN })).toEqual({ step: 'next', count: 'given_up' });
  });

  it.each([
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000 - 1000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads Retry-After %j', (header, ms) => {
    expect(retryAfterMs(header, 1000)).toBe(ms);
  });
});

describe('the message of an event', () => {
  const line = '{"v":1,"type":"task.failed","at":"2026-01-01T00:00:00.000Z","n":1.0,"reason":"a\\u00e9"}';

  it('holds the event byte for byte, and has the same id each time', () => {
    const found = eventIn(line);
    const message = messageOf(found ?? { line: '', event: {} }, { runId: undefined, repository: 'r' });
    expect(bodyOf(message)).toContain(`"data":${line}}`);
    expect(JSON.parse(bodyOf(message))).toEqual({
      type: 'task.failed',
      timestamp: '2026-01-01T00:00:00.000Z',
      id: message.id,
      run_id: null,
      repository: 'r',
      data: JSON.parse(line),
    });
    expect(message.id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(messageOf(found ?? { line: '', event: {} }, { runId: 'x', repository: 'y' }).id).toBe(message.id);
  });

  it('is found behind half a line, and is none in half a line alone', () => {
    expect(eventIn(`{"v":1,"type":"ta${line}`)).toEqual({ line, event: JSON.parse(line) });
    for (const broken of [line.slice(0, -5), '', '[]', 'null', '{"v":1}', `${line}x`])
      expect(eventIn(broken)).toBeUndefined();
  });
});
