import type { ClientRequest, IncomingMessage } from 'node:http';
import { printable } from '@ralph/protocol/cli/printable';
import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { VERSION } from '@ralph/protocol/cli/version';
import type { Address } from './address.ts';
import { kindOfStatus, retryAfterMs, type Delivery } from './delivery.ts';
import { signatureOf } from './signature.ts';

/** What of an answer is read at most: enough to say why, and no flood. */
const ANSWER_BYTES = 1024;
const ANSWER_MS = 1000;
const SHOWN = 200;

export interface Post {
  readonly id: string;
  readonly body: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Takes out of what is answered what nobody is to read: before it is cut short, which leaves parts of it. */
  readonly redact: (text: string) => string;
}

/** Posts a body to a webhook, once. Redirects are not followed. Never throws: whatever happens is what came of it. */
export async function postWebhook(address: Address, post: Post): Promise<Delivery> {
  // Only those who have a webhook pay for loading it.
  const { request } = address.url.startsWith('https:') ? await import('node:https') : await import('node:http');
  const { limitMs, signal } = post;
  if (signal.aborted) return CUT;
  const end = new AbortController();
  const onAbort = () => end.abort();
  const timer = setTimeout(onAbort, timerMs(limitMs));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const headers = { ...address.headers, ...ownHeaders(address, post) };
    // A connection of its own: one that is kept may be closed by the other side in the very moment of the next post.
    const sent = request(address.url, { method: 'POST', headers, agent: false, signal: end.signal });
    return await deliveryOf(await answerOf(sent, post.body), post.redact);
  } catch (error) {
    if (signal.aborted) return CUT;
    if (end.signal.aborted) return { kind: 'later', words: `no answer within ${limitMs / 1000} s` };
    return { kind: 'later', words: wordsOf(error as Error, post.redact) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function answerOf(sent: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve);
    // Nobody was asked to change the protocol: without a listener, no answer and no error would ever come.
    sent.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer);
    });
    sent.on('error', reject);
    sent.on('close', () => reject(new Error('closed without an answer')));
    sent.end(body);
  });
}

const CUT: Delivery = { kind: 'cut', words: 'no answer yet' };

function ownHeaders({ key }: Address, { id, body }: Post): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': `ralph-orchestrate/${VERSION}`,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(key === undefined ? {} : { 'webhook-signature': signatureOf({ id, timestamp, body }, key) }),
  };
}

async function deliveryOf(answer: IncomingMessage, redact: Post['redact']): Promise<Delivery> {
  const { statusCode: status = 0, statusMessage = '', headers } = answer;
  const kind = kindOfStatus(status);
  const words = printable(redact(`${status} ${statusMessage}`.trim())).slice(0, SHOWN);
  if (kind === 'taken') {
    // What it still says is waited for by nobody, and read so that it does not see itself cut off.
    answer.socket.unref();
    void readStart(answer);
    return { kind, status, words };
  }
  const to = status >= 300 && status < 400 ? '; redirects are not followed: name the final address' : '';
  const said = status === 101 ? '' : firstLine(redact(await readStart(answer)));
  const after = kind === 'later' ? retryAfterMs(headers['retry-after'], Date.now()) : undefined;
  const told = { kind, status, words: `${words}${said === '' ? '' : `: ${said}`}${to}` };
  return after === undefined ? told : { ...told, retryAfterMs: after };
}

/** Returns the beginning of an answer, as much as comes within a moment, and hangs up. */
function readStart(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = () => {
      clearTimeout(timer);
      answer.destroy();
      resolve(Buffer.concat(chunks).toString('utf8', 0, ANSWER_BYTES));
    };
    const timer = setTimeout(end, ANSWER_MS);
    timer.unref();
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= ANSWER_BYTES) end();
    });
    for (const event of ['end', 'error', 'close']) answer.on(event, end);
  });
}

function firstLine(text: string): string {
  return (printable(text).trim().split('\n')[0] ?? '').slice(0, SHOWN);
}

/** Several addresses of a host that all fail come as one error without words. */
function wordsOf(error: Error, redact: Post['redact']): string {
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [];
  const { code } = error as NodeJS.ErrnoException;
  const words = first?.message ?? error.message;
  return printable(redact(words === '' ? (code ?? 'no connection') : words)).slice(0, SHOWN);
}
