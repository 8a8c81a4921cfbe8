import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { signatureOf, signingKey } from '../src/notify/signature.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/notifications.md', import.meta.url)), 'utf8');
const code = /```js\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '';

type Verified = (headers: Record<string, string>, body: string, secret: string, now?: number) => unknown;

async function example(): Promise<Verified> {
  const path = join(temporaryFolder(), 'verified.mjs');
  writeFileSync(path, code);
  return ((await import(pathToFileURL(path).href)) as { verified: Verified }).verified;
}

const timestamp = 1_614_265_330;
const now = timestamp * 1000;
const body = '{"type":"notify.test","data":{"a":"ü"}}';

function headersFor(secret: string): Record<string, string> {
  const signature = signatureOf({ id: 'msg_1', timestamp, body }, signingKey(secret));
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
}

describe('the receiver of the documentation', () => {
  it.each(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'correct horse'])('takes what we sign with %s', async (secret) => {
    const verified = await example();
    expect(verified(headersFor(secret), body, secret, now)).toEqual(JSON.parse(body));
    const several = { ...headersFor(secret), 'webhook-signature': `v1,x ${headersFor(secret)['webhook-signature']}` };
    expect(verified(several, body, secret, now)).toEqual(JSON.parse(body));
  });

  it('takes nothing else', async () => {
    const verified = await example();
    const headers = headersFor('secret');
    expect(() => verified(headers, `${body} `, 'secret', now)).toThrow('not signed');
    expect(() => verified(headers, body, 'other', now)).toThrow('not signed');
    expect(() => verified({ ...headers, 'webhook-id': 'msg_2' }, body, 'secret', now)).toThrow('not signed');
    expect(() => verified({}, body, 'secret', now)).toThrow('not signed');
    expect(() => verified(headers, body, 'secret', now + 301_000)).toThrow('too old');
  });
});
