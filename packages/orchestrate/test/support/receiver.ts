import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createRawServer, type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** One request as it came. */
export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A status, with or without headers; `hang` for no answer at all. */
export type Answer =
  number | 'hang' | { readonly status: number; readonly headers: Record<string, string>; body?: string };

/** A receiver of webhooks: a real server in the process of the test. */
export class Receiver {
  readonly received: Received[] = [];
  answer: (request: Received) => Answer = () => 204;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const { method, url, headers } = request;
        const received = { method, url, headers, body };
        this.received.push(received);
        reply(response, this.answer(received));
      });
    });
    onTestFinished(() => this.close());
  }

  /** Opens a receiver, at a free port or at that of one that was closed. */
  static async open(port = 0): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => void receiver.#server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** The events of what came, in order. */
  get events(): Record<string, unknown>[] {
    return this.received.map(({ body }) => (JSON.parse(body) as { data: Record<string, unknown> }).data);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }
}

/** Returns a port at which nobody listens. */
export async function deadPort(): Promise<number> {
  const receiver = await Receiver.open();
  const { port } = receiver;
  await receiver.close();
  return port;
}

/** Tells whether a request is signed with `SECRET` by the rules of Standard Webhooks. */
export function isSigned({ headers, body }: Received): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headers;
  const key = Buffer.from(SECRET.replace('whsec_', ''), 'base64');
  const wanted = createHmac('sha256', key)
    .update(`${String(id)}.${String(time)}.${body}`)
    .digest('base64');
  return signature === `v1,${wanted}` && Math.abs(Date.now() / 1000 - Number(time)) < 300;
}

/** Returns the environment that makes a run tell these targets. */
export function notifyEnvironment(...targets: readonly object[]): Record<string, string> {
  return { RALPH_NOTIFY: JSON.stringify(targets), HOOK_SECRET: SECRET };
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return;
  const { status, headers, body = '' } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
  response.writeHead(status, headers).end(body);
}

/** Opens a server that answers every request by a change of the protocol that nobody asked for; returns its address. */
export async function switchingReceiver(): Promise<string> {
  const server = createRawServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
