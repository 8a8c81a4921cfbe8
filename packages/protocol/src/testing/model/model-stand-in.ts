import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { nextMove, type Asked, type Body, type Brain, type Move } from './asked.ts';
import { askedByMessages, messagesAnswer, wholeMessage } from './anthropic-messages.ts';
import { askedByContent, contentAnswer } from './google-content.ts';
import { askedByChat, chatAnswer } from './openai-chat.ts';
import { askedByResponses, responsesAnswer } from './openai-responses.ts';

/**
 * A server on this machine that answers as the interfaces of model providers do, and thinks nothing: it has whoever asks
 * write one file, and end then.
 */
export class ModelStandIn {
  readonly #server: Server;
  readonly #brain: Brain;
  /** What it was asked, in order: the path of each request and what was said in it. */
  readonly asked: { readonly path: string; readonly text: string }[] = [];

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
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += String(part);
    const { pathname: path } = new URL(request.url ?? '/', this.url);
    const answer = request.method === 'POST' ? this.#answer(path, bodyOf(text)) : undefined;
    if (answer === undefined) return void response.writeHead(404, JSON_TYPE).end('{"error":{"message":"not here"}}');
    if (!Array.isArray(answer)) return void response.writeHead(200, JSON_TYPE).end(JSON.stringify(answer));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of answer as readonly Body[]) {
      const type = event['type'];
      response.write(`${typeof type === 'string' ? `event: ${type}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
    }
    if (path.endsWith('/chat/completions')) response.write('data: [DONE]\n\n');
    response.end();
  }

  #answer(path: string, body: Body): Body | readonly Body[] | undefined {
    const id = String(this.asked.length + 1).padStart(8, '0');
    const move = (asked: Asked): Move => {
      this.asked.push({ path, text: asked.text });
      return nextMove(asked, this.#brain);
    };
    if (/count_?tokens$/i.test(path)) return { input_tokens: 10, totalTokens: 10 };
    if (path.endsWith('/messages')) {
      const next = move(askedByMessages(body));
      return body['stream'] === true ? messagesAnswer(body, next, id) : wholeMessage(body, next, id);
    }
    if (path.endsWith('/responses')) return responsesAnswer(body, move(askedByResponses(body)), id);
    if (path.endsWith('/chat/completions')) return chatAnswer(body, move(askedByChat(body)), id);
    if (path.endsWith(':streamGenerateContent')) return contentAnswer(move(askedByContent(body)));
    if (path.endsWith(':generateContent')) return contentAnswer(move(askedByContent(body)))[0];
    return undefined;
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

function bodyOf(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {};
  }
}
