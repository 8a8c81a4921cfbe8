import { createHmac } from 'node:crypto';

/** By it a secret is known that is written in base64 (Standard Webhooks). */
const PREFIX = 'whsec_';

/** Returns the bytes to sign with: what stands behind `whsec_` in base64, else the secret as it is. */
export function signingKey(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret);
}

export interface Signed {
  readonly id: string;
  /** Seconds since 1970, of this attempt. */
  readonly timestamp: number;
  readonly body: string;
}

/** Returns the value of the header `webhook-signature`: HMAC-SHA256, by the rules of Standard Webhooks. */
export function signatureOf({ id, timestamp, body }: Signed, key: Buffer): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
