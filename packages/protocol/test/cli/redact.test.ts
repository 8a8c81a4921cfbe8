import { describe, expect, it } from 'vitest';
import { droppedBefore, droppedHere } from '../../src/cli/dropped-output.ts';
import { Redaction } from '../../src/cli/redact.ts';
import { seededChance } from '../../src/testing/chance.ts';

const known = new Redaction();

/** In two parts, so that no scanner takes this file for a leak. */
const made = (...parts: string[]) => parts.join('');
const LETTERS = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0';
const KEY_BODY = `${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n'.repeat(20)}Ab3=\n`;
const KEY = made('-----BEGIN RSA PRIV', `ATE KEY-----\n${KEY_BODY}-----END RSA PRIV`, 'ATE KEY-----');

const SECRETS: [string, string][] = [
  ['AWS', made('AKI', 'AIOSFODNN7EXAMPLE')],
  ['GitHub', made('gh', `p_${LETTERS.slice(0, 36)}`)],
  ['GitHub, fine-grained', made('github', `_pat_${LETTERS}_${LETTERS}`)],
  ['GitLab', made('glp', `at-${LETTERS.slice(0, 20)}`)],
  ['Slack', made('xo', `xb-123456789012-${LETTERS}`)],
  ['OpenAI', made('sk-', `proj-${LETTERS}`)],
  ['Anthropic', made('sk-', `ant-api03-${LETTERS}`)],
  ['npm', made('np', `m_${LETTERS.slice(0, 36)}`)],
  ['Google', made('AI', `zaSy${LETTERS.slice(0, 33)}`)],
  ['Stripe', made('sk_', `live_${LETTERS.slice(0, 24)}`)],
  ['a JWT', made('eyJ', 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N')],
  ['a private key on one line', KEY.replaceAll('\n', '\\n')],
  ['a private key', KEY],
];

const NAMED: [string, string, string][] = [
  ['Authorization: Bearer ', 'abcdef123456', ''],
  ['{"authorization": "Basic ', 'dXNlcjpwYXNz', '"}'],
  ['https://', 'user:hunter2', '@h.example/a.git'],
  ['postgres://', ':p%40ss', '@db/x'],
  ['https://', LETTERS, '@h.example/a.git'],
  ['DB_PASSWORD=', 'correcthorse', ' next'],
  ['password: ', 'hunter22', ' more'],
  ['{"password":"', 'correct,horse', '"}'],
  ['{\\"password\\":\\"', 'correct', '\\"}'],
  ["API_KEY='", 'abcdefghij123', "'"],
  ['//registry.example/:_authToken=', 'abcdefghijklmnopqrst', ''],
  ['?access_token=', 'abcd1234', '&page=2'],
  ['AWS_SECRET_ACCESS_KEY=', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', ''],
];

const INNOCENT = [
  'commit 3f786850e387550fdab836ed7e6dc881de23001b of packages/worker/src/agent/agent-log.ts:12:5',
  'id 550e8400-e29b-41d4-a716-446655440000, sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  'const token = getToken(request); password: string; token: Token | undefined',
  'password=$PASSWORD token=${TOKEN} secret=<hidden> password=[redacted] token=next_token(1234567)',
  'max_tokens=100000 tokens: 12345678 token_type=bearer, a bearer of bad news',
  'ssh://git@h.example/b https://registry.example/@scope/pkg@1.0.0 mail a@b.example at 10:20:30',
  'risk-assessment-of-the-whole-thing sk-learn-is-a-library-of-python npm_config_loglevel=error',
  '-----BEGIN CERTIFICATE-----',
].join('\n');

/** Gives a text to a stream in pieces. */
function streamed(redaction: Redaction, text: string, pieces: readonly number[]): string {
  const stream = redaction.stream();
  const bytes = Buffer.from(text).toString('latin1');
  let shown = '';
  let position = 0;
  for (const length of pieces) {
    shown += stream.push(bytes.slice(position, position + length));
    position += length;
  }
  shown += stream.push(bytes.slice(position)) + stream.end();
  return Buffer.from(shown, 'latin1').toString();
}

describe('Redaction', () => {
  it.each(SECRETS)('takes out what looks like a secret: %s', (_, secret) => {
    expect(known.text(`before ${secret}, after\n`).replace(/\s*,/, ',')).toBe('before [redacted], after\n');
    expect(known.text(`{"text":"${secret.replaceAll('\n', '\\n')}"}`)).toBe('{"text":"[redacted]"}');
  });

  it.each(NAMED)('takes out the value and leaves its name: %s', (before, secret, after) => {
    expect(known.text(`${before}${secret}${after}\n`)).toBe(`${before}[redacted]${after}\n`);
  });

  it('leaves commit ids, paths, UUIDs and code as they are', () => {
    expect(known.text(INNOCENT)).toBe(INNOCENT);
  });

  it('takes out values that it has learnt, the longest first, once', () => {
    const redaction = new Redaction();
    redaction.learn(['grün-und-gut', 'grün-und-gut-genug', '']);
    expect(redaction.text('x grün-und-gut-genug grün-und-gut')).toBe('x [redacted] [redacted]');
    expect(streamed(redaction, 'x grün-und-gut-genug é', [5])).toBe('x [redacted] é');
  });

  it('takes out a private key whose beginning or end was cut off, and nothing of the prose after it', () => {
    expect(known.text(`a\n${KEY.slice(0, 300)}`)).toBe('a\n[redacted]\n');
    expect(known.text(`${KEY.slice(100)}\nb\n`)).toBe('[redacted]\nb\n');
    const begin = KEY.slice(0, KEY.indexOf('\n'));
    expect(known.text(`${begin}\nis how a key begins, they say.\n`)).toBe(
      '[redacted]\nis how a key begins, they say.\n',
    );
  });

  it('finds a secret that a border between two pieces cuts, wherever it does', () => {
    const text = `one\n${SECRETS.map(([name, secret]) => `${name} ${secret}\n`).join('')}é two`;
    const whole = known.text(text);
    const cuts = Array.from({ length: Buffer.byteLength(text) / 3 }, (_, third) => streamed(known, text, [third * 3]));
    expect(new Set(cuts)).toEqual(new Set([whole]));
  });

  it('finds it in a line of any length, too', () => {
    const chance = seededChance();
    const [, secret] = SECRETS[1] ?? ['', ''];
    const line = Array.from({ length: 400 }, () => `${'word '.repeat(Math.floor(chance() * 200))}${secret} `).join('');
    const pieces = Array.from({ length: 40 }, () => Math.floor(chance() * 40_000));
    expect(streamed(known, line, pieces)).toBe(line.replaceAll(secret, '[redacted]'));
  });

  it('never shows the end of a secret that is longer than what it holds back', () => {
    const long = `password=${'x1'.repeat(200_000)} after`;
    const pieces = Array.from({ length: 50 }, () => 10_000);
    expect(streamed(known, long, pieces)).toBe('password=[redacted] after');
  });

  it('gives bytes that are no text back as they were', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x0a, 0xc3, 0x28, 0x00, 0xa0, 0x85]).toString('latin1');
    const stream = known.stream();
    expect(stream.push(bytes) + stream.end()).toBe(bytes);
  });

  it.each([
    'a',
    'eyJ',
    'eyJaaaaaaaaa.',
    'a+',
    'http://',
    'http://a:',
    'password=',
    'password: ',
    'token:',
    'secret=a',
    'authorization: ',
    'bearer ',
    'sk-',
    'SG.aaaaaaaaaaaaaaaaaaaa.',
    made('-----BEGIN PRIV', 'ATE KEY-----'),
    made('-----BEGIN PRIV', 'ATE KEY-----\n'),
    '-----BEGIN ',
    `"'\\`,
    'A\n',
    '0123456789abcdef',
  ])('is done with megabytes of %j', (part) => {
    const text = part.repeat(Math.ceil(1_000_000 / part.length));
    expect(known.text(text).length).toBeLessThanOrEqual(text.length * 2);
    expect(known.text(`password=${text}`)).toContain('password=');
  });
});

describe('a line that is shown before it is whole', () => {
  const learnt = new Redaction();
  learnt.learn(['quite-a-secret-1', 'a pass phrase of words']);

  /** Shows what comes after each piece of a text, as to somebody who waits. */
  function shownEarly(text: string, ...cuts: readonly number[]): string {
    const stream = learnt.stream();
    let shown = '';
    let from = 0;
    for (const cut of cuts) {
      shown += stream.push(text.slice(from, cut)) + stream.early();
      from = cut;
    }
    return shown + stream.push(text.slice(from)) + stream.end();
  }

  it('has all but what may become a secret', () => {
    const stream = learnt.stream();
    expect(stream.push('Continue? [y/N] ') + stream.early()).toBe('Continue? [y/N] ');
    expect(stream.early()).toBe('');
    expect(stream.push('Thinking...') + stream.early()).toBe('Thinking...');
    expect(stream.push(' with quite-a') + stream.early()).toBe(' with ');
    expect(stream.push('-good plan') + stream.early()).toBe('quite-a-good plan');
    expect(stream.push(' password: hunt') + stream.early()).toBe(' ');
    expect(stream.push('er22\nnext') + stream.early()).toBe('password: [redacted]\nnext');
    expect(stream.end()).toBe('');
  });

  it('is the same text in the end, wherever it was shown', () => {
    for (let cut = 0; cut <= INNOCENT.length; cut += 1) {
      expect(shownEarly(INNOCENT, cut, cut + 1, cut + 30)).toBe(INNOCENT);
    }
  });

  it('keeps nearly all of a secret back, wherever it was shown', () => {
    const secrets = [...SECRETS.slice(0, -2), ['learnt', 'quite-a-secret-1'], ['words', 'a pass phrase of words']];
    const lines = [
      ...secrets.map(([, secret = '']) => ({ text: `before ${secret} after\n`, secret })),
      ...NAMED.map(([before, secret, after]) => ({ text: `${before}${secret}${after}\n`, secret })),
    ];
    for (const { text, secret } of lines) {
      for (let cut = 0; cut <= text.length; cut += 1) {
        const shown = shownEarly(text, cut, cut + 2);
        expect(shown, `cut at ${cut}`).toContain('[redacted]');
        expect(shown.length, `cut at ${cut}: ${shown}`).toBeLessThanOrEqual(learnt.text(text).length + 12);
        expect(shown).not.toContain(secret.slice(-5));
      }
    }
  });

  it('is shown within a private key only when that is over', () => {
    const text = `${KEY}\nafter`;
    for (let cut = 0; cut <= text.length; cut += 7) {
      const shown = shownEarly(text, cut, cut + 3);
      expect(shown, `cut at ${cut}`).not.toMatch(/9Us8cKj|Ab3=/);
      expect(shown.endsWith('\nafter')).toBe(true);
    }
  });

  it('is found out about in little time, whatever it has', () => {
    for (const part of ['sk-', 'eyJ', 'a://', 'password=', 'token: ', 'bearer ', 'quite-a-secret-', 'hf_!']) {
      const stream = learnt.stream();
      const text = part.repeat(Math.ceil(60_000 / part.length));
      expect((stream.push(text) + stream.early() + stream.push('!\n')).length).toBeGreaterThan(0);
    }
  });
});

describe('where output was dropped', () => {
  const BEFORE = droppedBefore(7);
  const keyLines = KEY.split('\n');

  it.each([
    ['the rest of a key that ends', `${BEFORE}${keyLines.slice(5).join('\n').slice(3)}\nmore\n`],
    ['the middle of a key', `${BEFORE}${keyLines.slice(5, -1).join('\n').slice(3)}\nmore\n`],
    ['a key of which the middle was lost', `${keyLines.slice(0, 5).join('\n')}${droppedHere(9)}${KEY_BODY}more\n`],
  ])('shows nothing of %s', (_, text) => {
    for (const shown of [known.text(text), inPieces(text)]) {
      expect(shown).not.toMatch(/9Us8cKj|Ab3=/);
      expect(shown).toContain('bytes of');
      expect(shown.endsWith('more\n')).toBe(true);
    }
  });

  it('leaves out the line whose beginning is missing, since a secret may have begun there', () => {
    expect(known.text(`${BEFORE}opvalue1234567\nnext\n`)).toBe(`${BEFORE}\nnext\n`);
    const long = `${'y'.repeat(100_000)}END\nnext\n`;
    expect(known.text(`${BEFORE}${long}`)).toBe(`${BEFORE}${long.slice(4096)}`);
    expect(inPieces(`${BEFORE}${long}`)).toBe(`${BEFORE}${long.slice(4096)}`);
  });

  it.each([
    ['a line', `${BEFORE}opvalue1234567\nnext\n`],
    ['the end of a line', `${BEFORE}opvalue1234567`],
    ['the rest of a key', `${BEFORE}${keyLines.slice(5).join('\n').slice(3)}\nmore\n`],
    ['lines in two places', `${BEFORE}one\ntwo\n${droppedHere(9)}three\nfour\n`],
  ])('leaves out %s once, however often it is asked', (_, text) => {
    const shown = known.text(text);
    expect(known.text(shown)).toBe(shown);
  });
});

function inPieces(text: string): string {
  const stream = known.stream();
  let shown = '';
  for (let at = 0; at < text.length; at += 1000) shown += stream.push(text.slice(at, at + 1000));
  return shown + stream.end();
}

describe('the work of it', () => {
  it('grows with the length of a line that may be one of a key, whatever it holds', () => {
    const line = `Comment:${' '.repeat(2_000_000)}\rx`;
    const text = made('-----BEGIN PRIV', `ATE KEY-----\n${line}\n(foo)\n`);
    expect(new Redaction().text(text)).toMatch(/\(foo\)\n$/);
  });

  it('finds the beginning of a value that begins like itself at every place', () => {
    const redaction = new Redaction();
    redaction.learn(Array.from({ length: 64 }, (_, n) => `${'a'.repeat(4000)}b${'a'.repeat(80)}${n}`));
    expect(redaction.textSoFar(`${'a'.repeat(4090)}c`)).toHaveLength(4091);
    expect(redaction.textSoFar(`x${'a'.repeat(30)}c${'a'.repeat(25)}`)).toBe(`x${'a'.repeat(30)}c`);
    expect(redaction.textSoFar(`x${'a'.repeat(4030)}b${'a'.repeat(60)}`)).toBe(`x${'a'.repeat(30)}`);
  });
});
