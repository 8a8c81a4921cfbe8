import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bodyOf, type Asked, type Body } from './asked.ts';
import { tongueAt } from './model-answer.ts';
import { nextMove, type Brain } from './moves.ts';

/**
 * A server on this machine that answers as the interfaces of model providers do, and thinks nothing: it has whoever asks
 * do what a test wishes, and end then. It listens on a port of its own, for this machine alone.
 */
export class ModelStandIn {
  readonly #server: Server;
  readonly #brain: Brain;
  /** What it was asked, in order. */
  readonly asked: Asked[] = [];

  private constructor(brain: Brain) {
    this.#brain = brain;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(brain: Brain): Promise<ModelStandIn> {
    const standIn = new ModelStandIn(brain);
    standIn.#server.listen(0, '127.0.0.1');
    await once(standIn.#server, 'listening');
    return standIn;
  }

  get url(): string {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  }

  async end(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += String(part);
    const { pathname } = new URL(request.url ?? '/', this.url);
    const body = jsonOf(text);
    if (/count_?tokens$/i.test(pathname)) return send(response, 200, { input_tokens: 10, totalTokens: 10 });
    const tongue = tongueAt(pathname);
    if (tongue === undefined) return send(response, 404, { error: { message: 'not here' } });
    const asked = tongue.asked(body);
    this.asked.push(asked);
    const move = await nextMove(asked, this.#brain);
    if ('refuse' in move) {
      const after: Record<string, string> =
        move.retryAfter === undefined ? {} : { 'retry-after': `${move.retryAfter}` };
      return send(response, move.refuse, tongue.refusal(move), after);
    }
    const answer = tongue.answer(body, move, String(this.asked.length).padStart(8, '0'));
    if (isStream(answer)) stream(response, answer, pathname.endsWith('/completions'));
    else send(response, 200, answer);
  }
}

function isStream(answer: Body | readonly Body[]): answer is readonly Body[] {
  return Array.isArray(answer);
}

function send(response: ServerResponse, status: number, body: Body, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function stream(response: ServerResponse, events: readonly Body[], saysEnd: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) {
    const type = event['type'];
    const name = typeof type === 'string' ? `event: ${type}\n` : '';
    response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
  }
  response.end(saysEnd ? 'data: [DONE]\n\n' : '');
}

function jsonOf(text: string): Body {
  try {
    return bodyOf(JSON.parse(text));
  } catch {
    return {};
  }
}
